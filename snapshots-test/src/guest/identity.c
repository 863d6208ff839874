/* Ids, groups, capabilities, umask, limits, prctl, random bytes. */
#include "guest.h"
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static void as_nobody(void) {
    gid_t groups[2] = {7, 5};
    CHECK(setgroups(2, groups) == 0);
    gid_t back[4];
    printf("groups %d: %d %d\n", getgroups(4, back), back[0], back[1]);
    CHECK(setresgid(100, 100, 100) == 0 && setresuid(1000, 1000, 1000) == 0);
    uid_t r, e, s;
    CHECK(getresuid(&r, &e, &s) == 0);
    printf("uid %d %d %d\n", r, e, s);
    show("back to root", setuid(0));
    show("open", open("/tmp/secret", O_RDONLY));
    show("access", access("/tmp/secret", R_OK));
    show("chown", chown("/tmp/secret", 1000, 100));
    show("chroot", chroot("/tmp"));
    show("sethostname", sethostname("x", 1));
    printf("bounding %d\n", prctl(PR_CAPBSET_READ, 0) >= 0);
    struct rlimit l = {100, 100};
    CHECK(setrlimit(RLIMIT_NOFILE, &l) == 0);
    l.rlim_max = 200;
    show("raise", setrlimit(RLIMIT_NOFILE, &l));
    l.rlim_cur = 10;
    l.rlim_max = 100;
    CHECK(setrlimit(RLIMIT_NOFILE, &l) == 0);
    int last = -1, fd;
    while ((fd = dup(0)) >= 0) last = fd;
    printf("last descriptor %d: %s\n", last, strerrorname_np(errno));
}

int main(void) {
    umask(0);
    int fd = open("/tmp/secret", O_CREAT | O_WRONLY, 0600);
    CHECK(fd >= 0 && close(fd) == 0);
    printf("umask %o\n", umask(027));
    fd = open("/tmp/masked", O_CREAT | O_WRONLY, 0666);
    struct stat s;
    CHECK(fstat(fd, &s) == 0);
    printf("mode %o\n", s.st_mode & 0777);
    CHECK(close(fd) == 0 && unlink("/tmp/masked") == 0);
    fflush(stdout);
    if (fork() == 0) {
        as_nobody();
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    unlink("/tmp/secret");

    char name[16];
    CHECK(prctl(PR_SET_NAME, "a name that is too long") == 0 && prctl(PR_GET_NAME, name) == 0);
    printf("name %s\n", name);
    show("bad prctl", prctl(12345, 0, 0, 0, 0));
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    printf("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    unsigned char a[32] = {0}, b[32] = {0};
    show("random", getrandom(a, sizeof a, 0));
    CHECK(getrandom(b, sizeof b, 0) == sizeof b);
    printf("different %d\n", memcmp(a, b, sizeof a) != 0);
    struct utsname u;
    CHECK(uname(&u) == 0);
    printf("%s %s\n", u.sysname, u.machine);
    struct rlimit l = {5, 3};
    show("soft above hard", setrlimit(RLIMIT_CORE, &l));
    errno = 0;
    printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
    return 0;
}
