/*
 * Fills every structure of stasis.abi by the names that C gives its fields, and prints it: "Class hex".
 * AbiTest fills the same values in and compares the bytes. libc's layouts are the kernel's on x86-64.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>

static void show(const char *name, const void *bytes, size_t length) {
    printf("%s ", name);
    for (size_t i = 0; i < length; i++) printf("%02x", ((const unsigned char *) bytes)[i]);
    printf("\n");
}

static void show_stat(void) {
    struct stat s;
    memset(&s, 0, sizeof s);
    s.st_dev = 0x812;
    s.st_ino = 0x1122334455667788;
    s.st_nlink = 0x0102030405060708;
    s.st_mode = 0100644;
    s.st_uid = 0x11223344;
    s.st_gid = 0x55667788;
    s.st_rdev = 0x503;
    s.st_size = 0x1020304050607080;
    s.st_blksize = 4096;
    s.st_blocks = 0x2030405060;
    s.st_atim.tv_sec = 1000000001, s.st_atim.tv_nsec = 11;
    s.st_mtim.tv_sec = 1000000002, s.st_mtim.tv_nsec = 12;
    s.st_ctim.tv_sec = 1000000003, s.st_ctim.tv_nsec = 13;
    show("Stat", &s, sizeof s);
}

static void show_statx(void) {
    struct statx s;
    memset(&s, 0, sizeof s);
    s.stx_mask = STATX_ALL | STATX_MNT_ID;
    s.stx_blksize = 4096;
    s.stx_attributes = s.stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
    s.stx_nlink = 0x05060708;
    s.stx_uid = 0x11223344;
    s.stx_gid = 0x55667788;
    s.stx_mode = 0100644;
    s.stx_ino = 0x1122334455667788;
    s.stx_size = 0x1020304050607080;
    s.stx_blocks = 0x2030405060;
    s.stx_atime.tv_sec = 1000000001, s.stx_atime.tv_nsec = 11;
    s.stx_mtime.tv_sec = 1000000002, s.stx_mtime.tv_nsec = 12;
    s.stx_ctime.tv_sec = 1000000003, s.stx_ctime.tv_nsec = 13;
    s.stx_btime.tv_sec = 1000000004, s.stx_btime.tv_nsec = 14;
    s.stx_rdev_major = 5, s.stx_rdev_minor = 3;
    s.stx_dev_major = 8, s.stx_dev_minor = 0x12;
    s.stx_mnt_id = 0x3040506070;
    show("Statx", &s, sizeof s);
}

static void show_statfs(void) {
    struct statfs s;
    memset(&s, 0, sizeof s);
    s.f_type = 0x01021994;
    s.f_bsize = s.f_frsize = 4096;
    s.f_blocks = 0x1122334455;
    s.f_bfree = s.f_bavail = 0x1021324354;
    s.f_files = 0x2122232425;
    s.f_ffree = 0x3132333435;
    memcpy(&s.f_fsid, "\x48\x47\x46\x45\x44\x43\x42\x41", 8);
    s.f_namelen = 255;
    s.f_flags = 0x20 | 6;
    show("Statfs", &s, sizeof s);
}

static void show_flock(void) {
    struct flock l;
    memset(&l, 0, sizeof l);
    l.l_type = F_WRLCK;
    l.l_whence = SEEK_END;
    l.l_start = 0x1122334455667788;
    l.l_len = -5;
    l.l_pid = 0x01020304;
    show("Flock", &l, sizeof l);
}

static void show_dirent64(void) {
    struct dirent64 d;
    memset(&d, 0, sizeof d);
    size_t length = (offsetof(struct dirent64, d_name) + sizeof "name" + 7) & ~7ul;
    d.d_ino = 0x1122334455667788;
    d.d_off = 42;
    d.d_reclen = length;
    d.d_type = DT_REG;
    strcpy(d.d_name, "name");
    show("LinuxDirent", &d, length);
}

int main(void) {
    show_stat();
    show_statx();
    show_statfs();
    show_flock();
    show_dirent64();
    return 0;
}
