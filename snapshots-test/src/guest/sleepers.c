/* nanosleep, poll, timerfd and futex with a time: the whole of it is waited, once. */
#include "guest.h"
#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>

static long now(void) {
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void waited(const char *what, long since) {
    long ms = now() - since;
    printf("%s %s\n", what, ms >= 149 && ms < 1500 ? "waited" : "did not wait as long as it should");
}

int main(void) {
    struct timespec t = {0, 150000000};
    long start = now();
    CHECK(nanosleep(&t, NULL) == 0);
    waited("nanosleep", start);

    start = now();
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL) == 0);
    waited("clock_nanosleep", start);

    start = now();
    CHECK(poll(NULL, 0, 150) == 0);
    waited("poll", start);

    int word = 5;
    start = now();
    CHECK(syscall(SYS_futex, &word, FUTEX_WAIT, 5, &t, NULL, 0) == -1 && errno == ETIMEDOUT);
    waited("futex", start);
    show("futex with another value", syscall(SYS_futex, &word, FUTEX_WAIT, 6, &t, NULL, 0));
    return 0;
}
