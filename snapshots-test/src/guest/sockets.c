/* AF_UNIX: streams, packets, names, descriptors in flight. */
#include "guest.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static void send_fd(int socket, int fd, const char *text) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec v = {(void *) text, strlen(text)};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    CHECK(sendmsg(socket, &m, 0) == (long) strlen(text));
}

static int receive_fd(int socket, char *text, int size) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec v = {text, size};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    long n = recvmsg(socket, &m, 0);
    CHECK(n >= 0);
    text[n] = 0;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (!c) return -1;
    int fd;
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

static void in_flight(void) {
    int s[2], p[2];
    char b[64];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && pipe(p) == 0);
    send_fd(s[0], p[0], "take");
    close(p[0]);
    CHECK(write(p[1], "through the passed end", 22) == 22);
    close(p[1]);
    for (int i = 0; i < 20; i++) getppid();
    int fd = receive_fd(s[1], b, sizeof b - 1);
    printf("%s %d\n", b, fd >= 0);
    show("read", read(fd, b, sizeof b));
    show("end", read(fd, b, sizeof b));
    close(s[0]);
    show("peer gone", read(s[1], b, 1));
    signal(SIGPIPE, SIG_IGN);
    show("write", write(s[1], b, 1));
}

static void server(void) {
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/socket"};
    int l = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(l >= 0);
    show("nobody listens", connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *) &a, sizeof a));
    CHECK(bind(l, (void *) &a, sizeof a) == 0 && listen(l, 5) == 0);
    show("bound twice", bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *) &a, sizeof a));
    fflush(stdout);
    if (fork() == 0) {
        int c = socket(AF_UNIX, SOCK_STREAM, 0);
        CHECK(connect(c, (void *) &a, sizeof a) == 0);
        CHECK(write(c, "ping", 4) == 4);
        char b[10];
        CHECK(read(c, b, 10) == 4);
        _exit(memcmp(b, "pong", 4) ? 1 : 0);
    }
    struct sockaddr_un peer;
    socklen_t size = sizeof peer;
    int c = accept4(l, (void *) &peer, &size, SOCK_CLOEXEC);
    CHECK(c >= 0);
    struct ucred cred;
    socklen_t credsize = sizeof cred;
    CHECK(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &cred, &credsize) == 0);
    char b[10];
    CHECK(read(c, b, 10) == 4);
    printf("%.4s from uid %d, address %d bytes\n", b, cred.uid, size);
    CHECK(write(c, "pong", 4) == 4);
    int s;
    wait(&s);
    printf("client %d\n", s);
    show("end", read(c, b, 10));
    CHECK(unlink("/tmp/socket") == 0);
}

static void packets(void) {
    int s[2];
    char b[64];
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
    CHECK(send(s[0], "one", 3, 0) == 3 && send(s[0], "twotwo", 6, 0) == 6 && send(s[0], "", 0, 0) == 0);
    show("first", recv(s[1], b, sizeof b, 0));
    show("cut", recv(s[1], b, 2, MSG_TRUNC));
    show("empty", recv(s[1], b, sizeof b, 0));
    show("none", recv(s[1], b, sizeof b, MSG_DONTWAIT));
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == 0);
    CHECK(send(s[0], "abc", 3, 0) == 3);
    show("peek", recv(s[1], b, sizeof b, MSG_PEEK));
    show("taken", recv(s[1], b, sizeof b, 0));
    CHECK(shutdown(s[0], SHUT_WR) == 0);
    show("shut", recv(s[1], b, sizeof b, 0));
    struct pollfd f = {s[1], POLLIN | POLLOUT | POLLRDHUP, 0};
    printf("poll %d revents %x\n", poll(&f, 1, 0), f.revents);
    show("not a socket", getpeername(0, NULL, NULL));
}

int main(void) {
    in_flight();
    server();
    packets();
    return 0;
}
