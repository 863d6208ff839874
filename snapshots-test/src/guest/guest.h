/* What the guest programs share: checks that name their line, and nothing that differs from run to run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(x)                                                                              \
    do {                                                                                      \
        if (!(x)) {                                                                           \
            printf("line %d: %s (errno %d)\n", __LINE__, #x, errno);                          \
            exit(1);                                                                          \
        }                                                                                     \
    } while (0)

/* A result and the name of errno if it is -1. */
static inline void show(const char *what, long result) {
    if (result == -1) printf("%s = -1 %s\n", what, strerrorname_np(errno));
    else printf("%s = %ld\n", what, result);
}
