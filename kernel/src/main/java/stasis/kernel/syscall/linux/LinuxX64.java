package stasis.kernel.syscall.linux;

import stasis.kernel.syscall.SyscallTable;

/** The x86-64 table, {@code arch/x86/entry/syscalls/syscall_64.tbl}: a line for every number. */
public final class LinuxX64 {
    private LinuxX64() {}

    public static SyscallTable table() {
        SyscallTable t = new SyscallTable();
        FileTable.addTo(t);
        IpcTable.addTo(t);
        from0(t);
        from60(t);
        from120(t);
        from180(t);
        from240(t);
        from300(t);
        from400(t);
        return t;
    }

    private static void from0(SyscallTable t) {
        t.on(9, "mmap", MemorySyscalls::mmap);
        t.on(10, "mprotect", MemorySyscalls::mprotect);
        t.on(11, "munmap", MemorySyscalls::munmap);
        t.on(12, "brk", MemorySyscalls::brk);
        t.on(13, "rt_sigaction", SignalSyscalls::rt_sigaction);
        t.on(14, "rt_sigprocmask", SignalSyscalls::rt_sigprocmask);
        t.on(15, "rt_sigreturn", SignalSyscalls::rt_sigreturn);
        t.on(24, "sched_yield", SystemSyscalls::sched_yield);
        t.partial(25, "mremap", MemorySyscalls::mremap, "one mapping at a time");
        t.on(26, "msync", MemorySyscalls::msync);
        t.on(27, "mincore", MemorySyscalls::mincore);
        t.partial(
                28,
                "madvise",
                MemorySyscalls::madvise,
                "MADV_FREE frees at once; MADV_REMOVE, MADV_HWPOISON are EINVAL");
        t.absent(29, "shmget", "System V IPC is not there yet");
        t.absent(30, "shmat", "System V IPC is not there yet");
        t.absent(31, "shmctl", "System V IPC is not there yet");
        t.on(34, "pause", SignalSyscalls::pause);
        t.on(35, "nanosleep", TimeSyscalls::nanosleep);
        t.partial(36, "getitimer", TimeSyscalls::getitimer, "as setitimer");
        t.on(37, "alarm", TimeSyscalls::alarm);
        t.partial(
                38,
                "setitimer",
                TimeSyscalls::setitimer,
                "ITIMER_VIRTUAL and ITIMER_PROF run on CLOCK_MONOTONIC");
        t.on(39, "getpid", ProcessSyscalls::getpid);
        t.partial(
                56,
                "clone",
                ProcessSyscalls::clone,
                "no namespaces, no CLONE_PTRACE, no CLONE_PIDFD");
        t.on(57, "fork", ProcessSyscalls::fork);
        t.on(58, "vfork", ProcessSyscalls::vfork);
        t.on(59, "execve", ProcessSyscalls::execve);
    }

    private static void from60(SyscallTable t) {
        t.on(60, "exit", ProcessSyscalls::exit);
        t.on(61, "wait4", ProcessSyscalls::wait4);
        t.on(62, "kill", SignalSyscalls::kill);
        t.on(63, "uname", SystemSyscalls::uname);
        t.absent(64, "semget", "System V IPC is not there yet");
        t.absent(65, "semop", "System V IPC is not there yet");
        t.absent(66, "semctl", "System V IPC is not there yet");
        t.absent(67, "shmdt", "System V IPC is not there yet");
        t.absent(68, "msgget", "System V IPC is not there yet");
        t.absent(69, "msgsnd", "System V IPC is not there yet");
        t.absent(70, "msgrcv", "System V IPC is not there yet");
        t.absent(71, "msgctl", "System V IPC is not there yet");
        t.on(96, "gettimeofday", TimeSyscalls::gettimeofday);
        t.on(97, "getrlimit", ResourceSyscalls::getrlimit);
        t.partial(
                98,
                "getrusage",
                ResourceSyscalls::getrusage,
                "times and maximum resident set only");
        t.partial(99, "sysinfo", SystemSyscalls::sysinfo, "uptime, memory and processes; no loads");
        t.on(100, "times", ResourceSyscalls::times);
        t.absent(101, "ptrace", "debuggers inside the sandbox are not supported");
        t.on(102, "getuid", CredentialSyscalls::getuid);
        t.absent(103, "syslog", "not for a sandbox");
        t.on(104, "getgid", CredentialSyscalls::getgid);
        t.on(105, "setuid", CredentialSyscalls::setuid);
        t.on(106, "setgid", CredentialSyscalls::setgid);
        t.on(107, "geteuid", CredentialSyscalls::geteuid);
        t.on(108, "getegid", CredentialSyscalls::getegid);
        t.on(109, "setpgid", ProcessSyscalls::setpgid);
        t.on(110, "getppid", ProcessSyscalls::getppid);
        t.on(111, "getpgrp", ProcessSyscalls::getpgrp);
        t.on(112, "setsid", ProcessSyscalls::setsid);
        t.on(113, "setreuid", CredentialSyscalls::setreuid);
        t.on(114, "setregid", CredentialSyscalls::setregid);
        t.on(115, "getgroups", CredentialSyscalls::getgroups);
        t.on(116, "setgroups", CredentialSyscalls::setgroups);
        t.on(117, "setresuid", CredentialSyscalls::setresuid);
        t.on(118, "getresuid", CredentialSyscalls::getresuid);
        t.on(119, "setresgid", CredentialSyscalls::setresgid);
    }

    private static void from120(SyscallTable t) {
        t.on(120, "getresgid", CredentialSyscalls::getresgid);
        t.on(121, "getpgid", ProcessSyscalls::getpgid);
        t.on(122, "setfsuid", CredentialSyscalls::setfsuid);
        t.on(123, "setfsgid", CredentialSyscalls::setfsgid);
        t.on(124, "getsid", ProcessSyscalls::getsid);
        t.on(125, "capget", CredentialSyscalls::capget);
        t.on(126, "capset", CredentialSyscalls::capset);
        t.on(127, "rt_sigpending", SignalSyscalls::rt_sigpending);
        t.on(128, "rt_sigtimedwait", SignalSyscalls::rt_sigtimedwait);
        t.on(129, "rt_sigqueueinfo", SignalSyscalls::rt_sigqueueinfo);
        t.on(130, "rt_sigsuspend", SignalSyscalls::rt_sigsuspend);
        t.on(131, "sigaltstack", SignalSyscalls::sigaltstack);
        t.absent(134, "uselib", "not for a sandbox");
        t.partial(
                135,
                "personality",
                SystemSyscalls::personality,
                "kept and reported; ADDR_NO_RANDOMIZE is how it always is");
        t.absent(136, "ustat", "not for a sandbox");
        t.absent(139, "sysfs", "not for a sandbox");
        t.on(140, "getpriority", ResourceSyscalls::getpriority);
        t.partial(
                141,
                "setpriority",
                ResourceSyscalls::setpriority,
                "kept and reported, without effect");
        t.partial(
                142,
                "sched_setparam",
                SystemSyscalls::sched_setparam,
                "kept and reported, without effect");
        t.on(143, "sched_getparam", SystemSyscalls::sched_getparam);
        t.partial(
                144,
                "sched_setscheduler",
                SystemSyscalls::sched_setscheduler,
                "kept and reported, without effect");
        t.on(145, "sched_getscheduler", SystemSyscalls::sched_getscheduler);
        t.on(146, "sched_get_priority_max", SystemSyscalls::sched_get_priority_max);
        t.on(147, "sched_get_priority_min", SystemSyscalls::sched_get_priority_min);
        t.on(148, "sched_rr_get_interval", SystemSyscalls::sched_rr_get_interval);
        t.on(149, "mlock", MemorySyscalls::mlock);
        t.on(150, "munlock", MemorySyscalls::munlock);
        t.partial(
                151,
                "mlockall",
                MemorySyscalls::mlockall,
                "checked, without effect: guest memory has no swap of its own");
        t.on(152, "munlockall", MemorySyscalls::munlockall);
        t.absent(153, "vhangup", "not for a sandbox");
        t.absent(154, "modify_ldt", "not for a sandbox");
        t.absent(155, "pivot_root", "not for a sandbox");
        t.absent(156, "_sysctl", "not for a sandbox");
        t.partial(
                157,
                "prctl",
                SystemSyscalls::prctl,
                "the options of a process and its capabilities; the rest is EINVAL");
        t.on(158, "arch_prctl", SystemSyscalls::arch_prctl);
        t.absent(159, "adjtimex", "not for a sandbox");
        t.on(160, "setrlimit", ResourceSyscalls::setrlimit);
        t.absent(163, "acct", "not for a sandbox");
        t.absent(164, "settimeofday", "not for a sandbox");
        t.absent(167, "swapon", "not for a sandbox");
        t.absent(168, "swapoff", "not for a sandbox");
        t.absent(169, "reboot", "not for a sandbox");
        t.on(170, "sethostname", SystemSyscalls::sethostname);
        t.on(171, "setdomainname", SystemSyscalls::setdomainname);
        t.absent(172, "iopl", "not for a sandbox");
        t.absent(173, "ioperm", "not for a sandbox");
        t.absent(174, "create_module", "the host kernel's own business");
        t.absent(175, "init_module", "the host kernel's own business");
        t.absent(176, "delete_module", "the host kernel's own business");
        t.absent(177, "get_kernel_syms", "the host kernel's own business");
        t.absent(178, "query_module", "the host kernel's own business");
        t.absent(179, "quotactl", "not for a sandbox");
    }

    private static void from180(SyscallTable t) {
        t.absent(180, "nfsservctl", "not for a sandbox");
        t.absent(181, "getpmsg", "not in Linux for x86-64 either, or long deprecated");
        t.absent(182, "putpmsg", "not in Linux for x86-64 either, or long deprecated");
        t.absent(183, "afs_syscall", "not in Linux for x86-64 either, or long deprecated");
        t.absent(184, "tuxcall", "not in Linux for x86-64 either, or long deprecated");
        t.absent(185, "security", "not in Linux for x86-64 either, or long deprecated");
        t.on(186, "gettid", ProcessSyscalls::gettid);
        t.on(200, "tkill", SignalSyscalls::tkill);
        t.on(201, "time", TimeSyscalls::time);
        t.partial(
                202,
                "futex",
                FutexSyscalls::futex,
                "no priority inheritance (FUTEX_LOCK_PI and its family are ENOSYS)");
        t.partial(
                203,
                "sched_setaffinity",
                SystemSyscalls::sched_setaffinity,
                "kept and reported, without effect");
        t.on(204, "sched_getaffinity", SystemSyscalls::sched_getaffinity);
        t.absent(205, "set_thread_area", "not in Linux for x86-64 either, or long deprecated");
        t.absent(
                206,
                "io_setup",
                "asynchronous I/O of the kernel is not there; libraries fall back to threads");
        t.absent(
                207,
                "io_destroy",
                "asynchronous I/O of the kernel is not there; libraries fall back to threads");
        t.absent(
                208,
                "io_getevents",
                "asynchronous I/O of the kernel is not there; libraries fall back to threads");
        t.absent(
                209,
                "io_submit",
                "asynchronous I/O of the kernel is not there; libraries fall back to threads");
        t.absent(
                210,
                "io_cancel",
                "asynchronous I/O of the kernel is not there; libraries fall back to threads");
        t.absent(211, "get_thread_area", "not in Linux for x86-64 either, or long deprecated");
        t.absent(212, "lookup_dcookie", "not for a sandbox");
        t.absent(214, "epoll_ctl_old", "not in Linux for x86-64 either, or long deprecated");
        t.absent(215, "epoll_wait_old", "not in Linux for x86-64 either, or long deprecated");
        t.absent(216, "remap_file_pages", "not in Linux for x86-64 either, or long deprecated");
        t.on(218, "set_tid_address", ProcessSyscalls::set_tid_address);
        t.absent(219, "restart_syscall", "interrupted calls are made again by their own numbers");
        t.absent(220, "semtimedop", "System V IPC is not there yet");
        t.partial(222, "timer_create", TimeSyscalls::timer_create, "no CPU-time clocks");
        t.on(223, "timer_settime", TimeSyscalls::timer_settime);
        t.on(224, "timer_gettime", TimeSyscalls::timer_gettime);
        t.on(225, "timer_getoverrun", TimeSyscalls::timer_getoverrun);
        t.on(226, "timer_delete", TimeSyscalls::timer_delete);
        t.partial(
                227,
                "clock_settime",
                TimeSyscalls::clock_settime,
                "always EPERM: the host's clock is not the guest's to set");
        t.on(228, "clock_gettime", TimeSyscalls::clock_gettime);
        t.on(229, "clock_getres", TimeSyscalls::clock_getres);
        t.on(230, "clock_nanosleep", TimeSyscalls::clock_nanosleep);
        t.on(231, "exit_group", ProcessSyscalls::exit_group);
        t.on(234, "tgkill", SignalSyscalls::tgkill);
        t.absent(236, "vserver", "not in Linux for x86-64 either, or long deprecated");
        t.absent(237, "mbind", "there is one memory node");
        t.absent(238, "set_mempolicy", "there is one memory node");
        t.absent(239, "get_mempolicy", "there is one memory node");
    }

    private static void from240(SyscallTable t) {
        t.absent(240, "mq_open", "POSIX message queues are not there");
        t.absent(241, "mq_unlink", "POSIX message queues are not there");
        t.absent(242, "mq_timedsend", "POSIX message queues are not there");
        t.absent(243, "mq_timedreceive", "POSIX message queues are not there");
        t.absent(244, "mq_notify", "POSIX message queues are not there");
        t.absent(245, "mq_getsetattr", "POSIX message queues are not there");
        t.absent(246, "kexec_load", "the host kernel's own business");
        t.on(247, "waitid", ProcessSyscalls::waitid);
        t.absent(248, "add_key", "kernel keyrings are not there");
        t.absent(249, "request_key", "kernel keyrings are not there");
        t.absent(250, "keyctl", "kernel keyrings are not there");
        t.absent(251, "ioprio_set", "no I/O scheduler of its own");
        t.absent(252, "ioprio_get", "no I/O scheduler of its own");
        t.absent(253, "inotify_init", "inotify is not there yet");
        t.absent(254, "inotify_add_watch", "inotify is not there yet");
        t.absent(255, "inotify_rm_watch", "inotify is not there yet");
        t.absent(256, "migrate_pages", "there is one memory node");
        t.partial(272, "unshare", ProcessSyscalls::unshare, "no namespaces");
        t.on(273, "set_robust_list", FutexSyscalls::set_robust_list);
        t.on(274, "get_robust_list", FutexSyscalls::get_robust_list);
        t.absent(279, "move_pages", "there is one memory node");
        t.absent(294, "inotify_init1", "inotify is not there yet");
        t.on(297, "rt_tgsigqueueinfo", SignalSyscalls::rt_tgsigqueueinfo);
        t.absent(298, "perf_event_open", "the host kernel's own business");
    }

    private static void from300(SyscallTable t) {
        t.absent(300, "fanotify_init", "fanotify is not there");
        t.absent(301, "fanotify_mark", "fanotify is not there");
        t.on(302, "prlimit64", ResourceSyscalls::prlimit64);
        t.absent(303, "name_to_handle_at", "file handles are not there");
        t.absent(304, "open_by_handle_at", "file handles are not there");
        t.absent(305, "clock_adjtime", "not for a sandbox");
        t.absent(308, "setns", "a sandbox has one set of namespaces");
        t.partial(309, "getcpu", SystemSyscalls::getcpu, "always processor 0");
        t.absent(310, "process_vm_readv", "reaching into other processes is not there yet");
        t.absent(311, "process_vm_writev", "reaching into other processes is not there yet");
        t.absent(312, "kcmp", "not for a sandbox");
        t.absent(313, "finit_module", "the host kernel's own business");
        t.absent(314, "sched_setattr", "sched_setscheduler(2) is there");
        t.absent(315, "sched_getattr", "sched_setscheduler(2) is there");
        t.absent(317, "seccomp", "filters inside the sandbox are not supported");
        t.on(318, "getrandom", SystemSyscalls::getrandom);
        t.absent(320, "kexec_file_load", "the host kernel's own business");
        t.absent(321, "bpf", "the host kernel's own business");
        t.partial(
                322,
                "execveat",
                ProcessSyscalls::execveat,
                "full but for scripts opened close-on-exec");
        t.absent(323, "userfaultfd", "the host kernel's own business");
        t.partial(
                324, "membarrier", MemorySyscalls::membarrier, "global and private expedited only");
        t.on(325, "mlock2", MemorySyscalls::mlock2);
        t.absent(329, "pkey_mprotect", "protection keys are not offered");
        t.absent(330, "pkey_alloc", "protection keys are not offered");
        t.absent(331, "pkey_free", "protection keys are not offered");
        t.absent(
                333,
                "io_pgetevents",
                "asynchronous I/O of the kernel is not there; libraries fall back to threads");
        t.absent(334, "rseq", "the C library does without");
    }

    private static void from400(SyscallTable t) {
        t.absent(425, "io_uring_setup", "io_uring is not offered to sandboxes");
        t.absent(426, "io_uring_enter", "io_uring is not offered to sandboxes");
        t.absent(427, "io_uring_register", "io_uring is not offered to sandboxes");
        t.absent(428, "open_tree", "the new mount API is not there; mount(2) is");
        t.absent(429, "move_mount", "the new mount API is not there; mount(2) is");
        t.absent(430, "fsopen", "the new mount API is not there; mount(2) is");
        t.absent(431, "fsconfig", "the new mount API is not there; mount(2) is");
        t.absent(432, "fsmount", "the new mount API is not there; mount(2) is");
        t.absent(433, "fspick", "the new mount API is not there; mount(2) is");
        t.partial(
                435,
                "clone3",
                ProcessSyscalls::clone3,
                "no namespaces, no CLONE_PIDFD, no set_tid, no cgroup");
        t.absent(440, "process_madvise", "reaching into other processes is not there yet");
        t.absent(442, "mount_setattr", "the new mount API is not there; mount(2) is");
        t.absent(443, "quotactl_fd", "not for a sandbox");
        t.absent(444, "landlock_create_ruleset", "nested sandboxing is not there");
        t.absent(445, "landlock_add_rule", "nested sandboxing is not there");
        t.absent(446, "landlock_restrict_self", "nested sandboxing is not there");
        t.absent(447, "memfd_secret", "not offered");
        t.absent(448, "process_mrelease", "reaching into other processes is not there yet");
        t.absent(449, "futex_waitv", "futex(2) is there");
        t.absent(450, "set_mempolicy_home_node", "there is one memory node");
        t.absent(451, "cachestat", "newer than what guests are promised");
        t.absent(453, "map_shadow_stack", "newer than what guests are promised");
        t.absent(454, "futex_wake", "futex(2) is there");
        t.absent(455, "futex_wait", "futex(2) is there");
        t.absent(456, "futex_requeue", "futex(2) is there");
        t.absent(457, "statmount", "the new mount API is not there; mount(2) is");
        t.absent(458, "listmount", "the new mount API is not there; mount(2) is");
        t.absent(459, "lsm_get_self_attr", "newer than what guests are promised");
        t.absent(460, "lsm_set_self_attr", "newer than what guests are promised");
        t.absent(461, "lsm_list_modules", "newer than what guests are promised");
        t.absent(462, "mseal", "newer than what guests are promised");
        t.absent(463, "setxattrat", "newer than what guests are promised");
        t.absent(464, "getxattrat", "newer than what guests are promised");
        t.absent(465, "listxattrat", "newer than what guests are promised");
        t.absent(466, "removexattrat", "newer than what guests are promised");
        t.absent(467, "open_tree_attr", "the new mount API is not there; mount(2) is");
    }
}
