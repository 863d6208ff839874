/*
 * How long a checkpoint with --leave-running makes a program stand still, as it sees it itself.
 * usage: pause MEGABYTES WRITTEN_PER_SECOND
 * A thread looks at the time stamp counter (guest clocks stand still with the guest) and says after
 * each second what the longest gap was; another one writes MB/s all over the memory. SIGUSR1 ends it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

static char *memory;
static size_t bytes;
static double ticks_per_ms, written_per_ms;

static void *writer(void *unused)
{
	uint64_t start = __rdtsc(), value = 1;
	double done = 0;
	for (size_t at = 0;;) {
		if (done > (__rdtsc() - start) / ticks_per_ms * written_per_ms) {
			usleep(100);
			continue;
		}
		memset(memory + at, value++, 16384);
		done += 16384;
		at += 16384;
		if (at >= bytes) at = 0;
	}
	return unused;
}

int main(int argc, char **argv)
{
	bytes = (size_t)atol(argv[1]) << 20;
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	uint64_t t = __rdtsc();
	usleep(50000);
	clock_gettime(CLOCK_MONOTONIC, &b);
	double ms = (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6;
	ticks_per_ms = (__rdtsc() - t) / ms;
	memory = malloc(bytes);
	uint64_t x = 88172645463325252;
	for (size_t i = 0; i < bytes; i += 8) {
		x ^= x << 13; x ^= x >> 7; x ^= x << 17;
		*(uint64_t *)(memory + i) = x;
	}
	written_per_ms = argc > 2 ? atof(argv[2]) * 1e6 / 1e3 : 0;
	pthread_t thread;
	if (written_per_ms > 0) pthread_create(&thread, 0, writer, 0);
	printf("ready\n");
	fflush(stdout);
	uint64_t last = __rdtsc(), longest = 0, said = last;
	for (;;) {
		uint64_t now = __rdtsc();
		if (now - last > longest) longest = now - last;
		last = now;
		if (now - said > 1000 * ticks_per_ms) {
			printf("%.1f\n", longest / ticks_per_ms);
			fflush(stdout);
			longest = 0;
			said = last = __rdtsc();
		}
	}
}
