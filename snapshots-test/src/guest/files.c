/* Files and directories: names, links, positions, sizes, errors, what is deleted but open. */
#include "guest.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void list(const char *dir) {
    struct dirent **entries;
    int n = scandir(dir, &entries, NULL, by_name);
    CHECK(n >= 0);
    printf("%s:", dir);
    for (int i = 0; i < n; i++) printf(" %s", entries[i]->d_name);
    printf("\n");
}

int main(void) {
    umask(022);
    CHECK(mkdir("/tmp/d", 0777) == 0 && chdir("/tmp/d") == 0);
    int fd = open("f", O_CREAT | O_EXCL | O_RDWR, 0666);
    CHECK(fd >= 0);
    show("again", open("f", O_CREAT | O_EXCL | O_RDWR, 0666));
    CHECK(write(fd, "0123456789", 10) == 10);
    show("seek", lseek(fd, 3, SEEK_SET));
    char b[32];
    CHECK(read(fd, b, 4) == 4);
    printf("%.4s\n", b);
    show("before the start", lseek(fd, -1, SEEK_SET));
    show("beyond", lseek(fd, 100, SEEK_END));
    CHECK(write(fd, "x", 1) == 1);
    struct stat s;
    CHECK(fstat(fd, &s) == 0);
    printf("size %ld mode %o links %ld\n", (long) s.st_size, s.st_mode, (long) s.st_nlink);
    CHECK(pread(fd, b, 5, 60) == 5);
    printf("hole %d\n", b[0] == 0 && b[4] == 0);
    CHECK(ftruncate(fd, 5) == 0);
    show("cut", lseek(fd, 0, SEEK_END));

    CHECK(link("f", "g") == 0 && symlink("f", "s") == 0 && mkdir("sub", 0700) == 0);
    CHECK(stat("g", &s) == 0);
    printf("links %ld\n", (long) s.st_nlink);
    show("readlink", readlink("s", b, sizeof b));
    show("no follow", open("s", O_RDONLY | O_NOFOLLOW));
    show("rmdir a file", rmdir("f"));
    show("unlink a directory", unlink("sub"));
    CHECK(symlink("loop", "loop") == 0);
    show("loop", open("loop", O_RDONLY));
    CHECK(rename("g", "sub/h") == 0);
    show("not empty", rmdir("sub"));
    show("into itself", rename("sub", "sub/x"));
    list(".");
    list("sub");
    show("through a file", open("f/x", O_RDONLY));
    show("missing", open("sub/none", O_RDONLY));

    int app = open("f", O_WRONLY | O_APPEND);
    CHECK(write(app, "AB", 2) == 2 && pwrite(app, "C", 1, 0) == 1);
    CHECK(unlink("f") == 0 && unlink("sub/h") == 0);
    CHECK(fstat(fd, &s) == 0);
    printf("deleted: links %ld size %ld\n", (long) s.st_nlink, (long) s.st_size);
    CHECK(pread(fd, b, 8, 0) == 8);
    printf("content %.8s\n", b);
    CHECK(write(app, "more", 4) == 4);
    CHECK(pread(fd, b, 12, 0) == 12);
    printf("content %.12s\n", b);
    show("gone", open("f", O_RDONLY));
    CHECK(rmdir("sub") == 0 && unlink("s") == 0 && unlink("loop") == 0);
    list(".");
    printf("%s\n", getcwd(b, sizeof b));
    CHECK(chdir("/") == 0 && rmdir("/tmp/d") == 0);

    int d = dup(fd);
    show("position is shared", lseek(d, 2, SEEK_SET));
    show("position is shared", lseek(fd, 0, SEEK_CUR));
    show("closed", close(d));
    show("closed twice", close(d));
    show("read of a directory", read(open("/tmp", O_RDONLY), b, 1));
    show("write to a reader", write(open("/tmp", O_RDONLY), b, 1));
    return 0;
}
