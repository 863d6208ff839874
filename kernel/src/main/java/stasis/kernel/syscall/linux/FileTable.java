package stasis.kernel.syscall.linux;

import stasis.kernel.syscall.SyscallTable;

/** The lines of the table that are about files, {@code arch/x86/entry/syscalls/syscall_64.tbl}. */
final class FileTable {
    private FileTable() {}

    static SyscallTable addTo(SyscallTable table) {
        addOpening(table);
        addReading(table);
        addDescriptors(table);
        addPolling(table);
        addStat(table);
        addNames(table);
        addAttributes(table);
        addXattrs(table);
        addDirectories(table);
        return table;
    }

    private static void addOpening(SyscallTable t) {
        t.on(2, "open", OpenSyscalls::open);
        t.on(3, "close", OpenSyscalls::close);
        t.on(85, "creat", OpenSyscalls::creat);
        t.on(257, "openat", OpenSyscalls::openat);
        t.partial(319, "memfd_create", OpenSyscalls::memfd_create, "no MFD_HUGETLB");
        t.on(436, "close_range", OpenSyscalls::close_range);
        t.partial(437, "openat2", OpenSyscalls::openat2, "RESOLVE_CACHED always fails with EAGAIN");
    }

    private static void addReading(SyscallTable t) {
        t.on(0, "read", ReadWriteSyscalls::read);
        t.on(1, "write", ReadWriteSyscalls::write);
        t.on(8, "lseek", ReadWriteSyscalls::lseek);
        t.on(17, "pread64", ReadWriteSyscalls::pread64);
        t.on(18, "pwrite64", ReadWriteSyscalls::pwrite64);
        t.on(19, "readv", ReadWriteSyscalls::readv);
        t.on(20, "writev", ReadWriteSyscalls::writev);
        t.on(40, "sendfile", SpliceSyscalls::sendfile);
        t.on(275, "splice", SpliceSyscalls::splice);
        t.on(276, "tee", SpliceSyscalls::tee);
        t.on(278, "vmsplice", SpliceSyscalls::vmsplice);
        t.on(295, "preadv", ReadWriteSyscalls::preadv);
        t.on(296, "pwritev", ReadWriteSyscalls::pwritev);
        t.on(326, "copy_file_range", SpliceSyscalls::copy_file_range);
        t.partial(
                327,
                "preadv2",
                ReadWriteSyscalls::preadv2,
                "RWF_NOWAIT is refused on blocking streams");
        t.partial(328, "pwritev2", ReadWriteSyscalls::pwritev2, "no RWF_APPEND, no RWF_NOWAIT");
    }

    private static void addDescriptors(SyscallTable t) {
        t.on(16, "ioctl", DescriptorSyscalls::ioctl);
        t.on(32, "dup", DescriptorSyscalls::dup);
        t.on(33, "dup2", DescriptorSyscalls::dup2);
        t.partial(
                72,
                "fcntl",
                DescriptorSyscalls::fcntl,
                "no leases, no F_NOTIFY, no SIGIO (O_ASYNC, F_SETSIG), no EDEADLK");
        t.on(73, "flock", LockSyscalls::flock);
        t.on(292, "dup3", DescriptorSyscalls::dup3);
    }

    private static void addPolling(SyscallTable t) {
        t.on(7, "poll", PollSyscalls::poll);
        t.on(23, "select", PollSyscalls::select);
        t.on(270, "pselect6", PollSyscalls::pselect6);
        t.on(271, "ppoll", PollSyscalls::ppoll);
    }

    private static void addStat(SyscallTable t) {
        t.on(4, "stat", StatSyscalls::stat);
        t.on(5, "fstat", StatSyscalls::fstat);
        t.on(6, "lstat", StatSyscalls::lstat);
        t.on(21, "access", StatSyscalls::access);
        t.on(78, "getdents", StatSyscalls::getdents);
        t.on(89, "readlink", StatSyscalls::readlink);
        t.on(137, "statfs", StatSyscalls::statfs);
        t.on(138, "fstatfs", StatSyscalls::fstatfs);
        t.on(217, "getdents64", StatSyscalls::getdents64);
        t.on(262, "newfstatat", StatSyscalls::newfstatat);
        t.on(267, "readlinkat", StatSyscalls::readlinkat);
        t.on(269, "faccessat", StatSyscalls::faccessat);
        t.on(332, "statx", StatSyscalls::statx);
        t.on(439, "faccessat2", StatSyscalls::faccessat2);
    }

    private static void addNames(SyscallTable t) {
        t.on(82, "rename", NameSyscalls::rename);
        t.on(83, "mkdir", NameSyscalls::mkdir);
        t.on(84, "rmdir", NameSyscalls::rmdir);
        t.on(86, "link", NameSyscalls::link);
        t.on(87, "unlink", NameSyscalls::unlink);
        t.on(88, "symlink", NameSyscalls::symlink);
        t.on(133, "mknod", NameSyscalls::mknod);
        t.on(258, "mkdirat", NameSyscalls::mkdirat);
        t.on(259, "mknodat", NameSyscalls::mknodat);
        t.on(263, "unlinkat", NameSyscalls::unlinkat);
        t.on(264, "renameat", NameSyscalls::renameat);
        t.on(265, "linkat", NameSyscalls::linkat);
        t.on(266, "symlinkat", NameSyscalls::symlinkat);
        t.partial(316, "renameat2", NameSyscalls::renameat2, "no RENAME_WHITEOUT");
    }

    private static void addAttributes(SyscallTable t) {
        t.on(76, "truncate", AttributeSyscalls::truncate);
        t.on(77, "ftruncate", AttributeSyscalls::ftruncate);
        t.on(90, "chmod", AttributeSyscalls::chmod);
        t.on(91, "fchmod", AttributeSyscalls::fchmod);
        t.on(92, "chown", AttributeSyscalls::chown);
        t.on(93, "fchown", AttributeSyscalls::fchown);
        t.on(94, "lchown", AttributeSyscalls::lchown);
        t.on(132, "utime", AttributeSyscalls::utime);
        t.on(235, "utimes", AttributeSyscalls::utimes);
        t.on(260, "fchownat", AttributeSyscalls::fchownat);
        t.on(261, "futimesat", AttributeSyscalls::futimesat);
        t.on(268, "fchmodat", AttributeSyscalls::fchmodat);
        t.on(280, "utimensat", AttributeSyscalls::utimensat);
        t.partial(
                285,
                "fallocate",
                AttributeSyscalls::fallocate,
                "allocation and FALLOC_FL_PUNCH_HOLE, as on tmpfs");
        t.on(452, "fchmodat2", AttributeSyscalls::fchmodat2);
    }

    private static void addXattrs(SyscallTable t) {
        t.on(188, "setxattr", XattrSyscalls::setxattr);
        t.on(189, "lsetxattr", XattrSyscalls::lsetxattr);
        t.on(190, "fsetxattr", XattrSyscalls::fsetxattr);
        t.on(191, "getxattr", XattrSyscalls::getxattr);
        t.on(192, "lgetxattr", XattrSyscalls::lgetxattr);
        t.on(193, "fgetxattr", XattrSyscalls::fgetxattr);
        t.on(194, "listxattr", XattrSyscalls::listxattr);
        t.on(195, "llistxattr", XattrSyscalls::llistxattr);
        t.on(196, "flistxattr", XattrSyscalls::flistxattr);
        t.on(197, "removexattr", XattrSyscalls::removexattr);
        t.on(198, "lremovexattr", XattrSyscalls::lremovexattr);
        t.on(199, "fremovexattr", XattrSyscalls::fremovexattr);
    }

    private static void addDirectories(SyscallTable t) {
        t.on(74, "fsync", DirectorySyscalls::fsync);
        t.on(75, "fdatasync", DirectorySyscalls::fdatasync);
        t.on(79, "getcwd", DirectorySyscalls::getcwd);
        t.on(80, "chdir", DirectorySyscalls::chdir);
        t.on(81, "fchdir", DirectorySyscalls::fchdir);
        t.on(95, "umask", DirectorySyscalls::umask);
        t.on(161, "chroot", DirectorySyscalls::chroot);
        t.on(162, "sync", DirectorySyscalls::sync);
        t.partial(165, "mount", MountSyscalls::mount, "every mount is private");
        t.partial(166, "umount2", MountSyscalls::umount2, "no MNT_EXPIRE; open files keep nothing");
        t.on(187, "readahead", DirectorySyscalls::readahead);
        t.on(221, "fadvise64", DirectorySyscalls::fadvise64);
        t.on(277, "sync_file_range", DirectorySyscalls::sync_file_range);
        t.on(306, "syncfs", DirectorySyscalls::syncfs);
    }
}
