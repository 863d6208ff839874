/*
 * What sockets cost over lo, one number a line: bytes a second of one connection, nanoseconds of one round trip,
 * nanoseconds of one connection from connect(2) to close(2). netbench stream|echo|connect|udp [seconds]
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds = 2;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(1);
}

static struct sockaddr_in address(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int bound(int type, struct sockaddr_in *a) {
    int s = socket(AF_INET, type, 0);
    socklen_t size = sizeof *a;
    *a = address(0);
    check(s >= 0 && bind(s, (void *) a, sizeof *a) == 0, "bind");
    check(getsockname(s, (void *) a, &size) == 0, "getsockname");
    if (type == SOCK_STREAM) check(listen(s, 128) == 0, "listen");
    return s;
}

static int dial(struct sockaddr_in *a) {
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    check(s >= 0 && connect(s, (void *) a, sizeof *a) == 0, "connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}

static void stream(void) {
    static char b[256 << 10];
    struct sockaddr_in a;
    int l = bound(SOCK_STREAM, &a);
    if (fork() == 0) {
        int s = accept(l, NULL, NULL);
        while (read(s, b, sizeof b) > 0) {}
        _exit(0);
    }
    int s = dial(&a);
    double begin = now(), bytes = 0;
    while (now() - begin < seconds) {
        check(write(s, b, sizeof b) == sizeof b, "write");
        bytes += sizeof b;
    }
    close(s);
    wait(NULL);
    printf("loopback-bytes-per-second %.0f\n", bytes / (now() - begin));
}

static void echo(void) {
    char b[1] = {0};
    struct sockaddr_in a;
    int l = bound(SOCK_STREAM, &a), one = 1;
    if (fork() == 0) {
        int s = accept(l, NULL, NULL);
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        while (read(s, b, 1) > 0) check(write(s, b, 1) == 1, "write");
        _exit(0);
    }
    int s = dial(&a);
    double begin = now();
    long trips = 0;
    for (; now() - begin < seconds; trips++) {
        check(write(s, b, 1) == 1, "write");
        check(read(s, b, 1) == 1, "read");
    }
    printf("loopback-round-trip %.0f\n", 1e9 * (now() - begin) / trips);
    close(s);
    wait(NULL);
}

static void connections(void) {
    char b[1];
    struct sockaddr_in a;
    int l = bound(SOCK_STREAM, &a);
    pid_t server = fork();
    if (server == 0) {
        for (;;) close(accept(l, NULL, NULL));
    }
    double begin = now();
    long n = 0;
    for (; now() - begin < seconds; n++) {
        int s = dial(&a);
        check(read(s, b, 1) == 0, "read");
        close(s);
    }
    printf("loopback-connection %.0f\n", 1e9 * (now() - begin) / n);
    kill(server, 9);
    wait(NULL);
}

static void datagrams(void) {
    char b[100] = {0};
    struct sockaddr_in a, c;
    int s = bound(SOCK_DGRAM, &a), u = bound(SOCK_DGRAM, &c);
    pid_t server = fork();
    if (server == 0) {
        for (;;) {
            check(recv(s, b, sizeof b, 0) > 0, "recv");
            check(sendto(s, b, sizeof b, 0, (void *) &c, sizeof c) > 0, "sendto");
        }
    }
    double begin = now();
    long n = 0;
    for (; now() - begin < seconds; n++) {
        check(sendto(u, b, sizeof b, 0, (void *) &a, sizeof a) > 0, "sendto");
        check(recv(u, b, sizeof b, 0) > 0, "recv");
    }
    printf("loopback-datagram-round-trip %.0f\n", 1e9 * (now() - begin) / n);
    kill(server, 9);
    wait(NULL);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (argc > 2) seconds = atof(argv[2]);
    setvbuf(stdout, NULL, _IONBF, 0);
    if (!strcmp(what, "stream") || !*what) stream();
    if (!strcmp(what, "echo") || !*what) echo();
    if (!strcmp(what, "connect") || !*what) connections();
    if (!strcmp(what, "udp") || !*what) datagrams();
    return 0;
}
