/* /proc/net and /proc/sys/net as programs read them. */
#include "inet.h"
#include <sys/stat.h>

/* The line whose second field is the address, without what differs from run to run. */
static void line_of(const char *file, const char *wanted, long inode) {
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/net/%s", file);
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    CHECK(fgets(line, sizeof line, f) != NULL);
    while (fgets(line, sizeof line, f)) {
        char own[64], peer[64];
        unsigned state, sending, unread, uid;
        unsigned long node;
        int n = sscanf(line, "%*d: %63s %63s %x %x:%x %*s %*s %u %*d %lu", own, peer, &state, &sending, &unread, &uid, &node);
        if (n != 7 || strcmp(own, wanted)) continue;
        printf("%s: %s peer %d state %02X queues %x %d uid %u inode %d\n", file, strchr(own, ':') ? "found" : "", strlen(peer) > 10,
               state, sending, unread > 0, uid, (long) node == inode);
    }
    fclose(f);
}

static long inode_of(int fd) {
    struct stat st;
    CHECK(fstat(fd, &st) == 0);
    return st.st_ino;
}

static void show_file(const char *path) {
    char line[256];
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    printf("%s:", path);
    while (fgets(line, sizeof line, f)) printf(" %s", line);
    fclose(f);
}

int main(void) {
    int port, l = listener(7, &port), c = socket(AF_INET, SOCK_STREAM, 0), u = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = v4("127.0.0.1", port), b = v4("127.0.0.2", 5353);
    char own[32];
    snprintf(own, sizeof own, "0100007F:%04X", port);
    line_of("tcp", own, inode_of(l));
    CHECK(connect(c, (void *) &a, sizeof a) == 0);
    int s = accept(l, NULL, NULL);
    CHECK(write(c, "unread", 6) == 6);
    await(s, POLLIN);
    close(l);
    line_of("tcp", own, inode_of(s));
    CHECK(bind(u, (void *) &b, sizeof b) == 0);
    line_of("udp", "0200007F:14E9", inode_of(u));
    int six = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 d = v6("::1", 7777);
    CHECK(bind(six, (void *) &d, sizeof d) == 0 && listen(six, 1) == 0);
    line_of("tcp6", "00000000000000000000000001000000:1E61", inode_of(six));
    show_file("/proc/net/route");
    show_file("/proc/net/if_inet6");
    show_file("/proc/net/arp");
    static const char *settings[] = {"core/somaxconn", "core/wmem_default", "ipv4/ip_local_port_range", "ipv4/tcp_fin_timeout",
                                     "ipv4/tcp_keepalive_time", "ipv4/tcp_keepalive_intvl", "ipv4/tcp_keepalive_probes", "ipv4/tcp_syncookies",
                                     "ipv4/tcp_sack", "ipv4/tcp_timestamps", "ipv4/tcp_window_scaling", "ipv4/ip_default_ttl",
                                     "ipv4/ip_unprivileged_port_start", "ipv4/tcp_retries2", "ipv4/tcp_syn_retries"};
    for (unsigned i = 0; i < sizeof settings / sizeof *settings; i++) {
        char path[80];
        snprintf(path, sizeof path, "/proc/sys/net/%s", settings[i]);
        show_file(path);
    }
    FILE *f = fopen("/proc/net/snmp", "r");
    char line[2048];
    CHECK(f != NULL);
    while (fgets(line, sizeof line, f)) {
        unsigned long active, passive;
        if (sscanf(line, "Tcp: %*d %*d %*d %*d %lu %lu", &active, &passive) == 2) printf("opened %lu %lu\n", active, passive);
    }
    return 0;
}
