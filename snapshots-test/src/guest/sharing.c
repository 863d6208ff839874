/* Copy on write over fork; anonymous and file memory shared between processes. */
#include "guest.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

static int value = 1;

int main(void) {
    int *heap = malloc(sizeof *heap);
    *heap = 10;
    int *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    int fd = open("/tmp/shared", O_CREAT | O_RDWR | O_TRUNC, 0600);
    CHECK(fd >= 0 && ftruncate(fd, 10000) == 0);
    int *file = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(file != MAP_FAILED);
    shared[0] = 100;
    file[0] = 1000;
    int ready[2], go[2];
    CHECK(pipe(ready) == 0 && pipe(go) == 0);
    pid_t child = fork();
    char c;
    if (child == 0) {
        value = 2;
        *heap = 20;
        shared[0] = 200;
        shared[1500] = 5;
        file[0] = 2000;
        file[2400] = 7;
        CHECK(write(ready[1], "r", 1) == 1);
        CHECK(read(go[0], &c, 1) == 1);
        int good = value == 2 && *heap == 20 && shared[0] == 300 && file[0] == 3000;
        if (fork() == 0) {
            shared[1] = 77;
            value = 3;
            _exit(value);
        }
        int s;
        wait(&s);
        _exit(good && shared[1] == 77 && value == 2 && WEXITSTATUS(s) == 3 ? 0 : 1);
    }
    CHECK(read(ready[0], &c, 1) == 1);
    printf("mine %d %d\n", value, *heap);
    printf("shared %d %d\n", shared[0], shared[1500]);
    printf("file %d %d\n", file[0], file[2400]);
    int read_back;
    CHECK(pread(fd, &read_back, 4, 0) == 4);
    printf("by read %d\n", read_back);
    int written = 7777;
    CHECK(pwrite(fd, &written, 4, 40) == 4);
    printf("by write %d\n", file[10]);
    shared[0] = 300;
    file[0] = 3000;
    CHECK(write(go[1], "g", 1) == 1);
    int s;
    CHECK(waitpid(child, &s, 0) == child);
    printf("child %d, grandchild's %d\n", WEXITSTATUS(s), shared[1]);
    unlink("/tmp/shared");
    file[1] = 5;
    CHECK(pread(fd, &read_back, 4, 4) == 4);
    printf("after unlink %d\n", read_back);
    return 0;
}
