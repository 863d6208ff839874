/* execve: arguments, environment, scripts, close-on-exec, from a thread, errors. */
#include "guest.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char self[256];

static int run(const char *program, char *const argv[], char *const envp[]) {
    fflush(stdout);
    pid_t p = vfork();
    if (p == 0) {
        execve(program, argv, envp);
        _exit(errno);
    }
    int s;
    CHECK(waitpid(p, &s, 0) == p);
    return WIFEXITED(s) ? WEXITSTATUS(s) : -WTERMSIG(s);
}

static void *from_thread(void *arg) {
    execl(self, "programs", "thread", NULL);
    return NULL;
}

static void file(const char *name, const char *content, int mode) {
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, mode);
    CHECK(fd >= 0 && write(fd, content, strlen(content)) == (long) strlen(content) && close(fd) == 0);
}

int main(int argc, char **argv, char **envp) {
    if (argc > 1 && !strcmp(argv[1], "show")) {
        for (int i = 1; i < argc; i++) printf("argument %s\n", argv[i]);
        for (int i = 0; envp[i]; i++) printf("environment %s\n", envp[i]);
        printf("kept %d closed %d\n", fcntl(50, F_GETFD) >= 0, fcntl(51, F_GETFD) < 0);
        struct sigaction a;
        sigaction(SIGUSR1, NULL, &a);
        printf("ignored %d\n", a.sa_handler == SIG_IGN);
        sigaction(SIGUSR2, NULL, &a);
        printf("default %d\n", a.sa_handler == SIG_DFL);
        return 12;
    }
    if (argc > 1 && !strcmp(argv[1], "thread")) return getpid() == getpgrp() || 1 ? 21 : 0;
    if (argc > 2 && strstr(argv[2], "script")) {
        printf("script");
        for (int i = 1; i < argc; i++) printf(" [%s]", argv[i]);
        printf("\n");
        return 13;
    }
    long n = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(n > 0);
    self[n] = 0;
    CHECK(dup2(1, 50) == 50 && dup3(1, 51, O_CLOEXEC) == 51);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, (void (*)(int)) exit);
    char *args[] = {"programs", "show", "two words", NULL}, *env[] = {"A=1", "B=", NULL};
    printf("returned %d\n", run(self, args, env));

    char text[400];
    snprintf(text, sizeof text, "#!%s  one argument \nrest\n", self);
    file("/tmp/script", text, 0755);
    char *sargs[] = {"ignored", "x", NULL};
    printf("returned %d\n", run("/tmp/script", sargs, env));
    file("/tmp/script", "#!/no/such/interpreter\n", 0755);
    printf("no interpreter %d\n", run("/tmp/script", sargs, env));
    file("/tmp/script", "just text\n", 0755);
    printf("no format %d\n", run("/tmp/script", sargs, env));
    CHECK(chmod("/tmp/script", 0644) == 0);
    printf("no permission %d\n", run("/tmp/script", sargs, env));
    printf("missing %d\n", run("/tmp/none", sargs, env));
    printf("directory %d\n", run("/tmp", sargs, env));
    unlink("/tmp/script");
    fflush(stdout);

    pid_t p = fork();
    if (p == 0) {
        pthread_t t;
        pthread_create(&t, NULL, from_thread, NULL);
        for (;;) pause();
    }
    int s;
    CHECK(waitpid(p, &s, 0) == p);
    printf("from a thread %d\n", WEXITSTATUS(s));
    return 0;
}
