package stasis.cli.front;

import static stasis.cli.front.FrontCalls.*;

import org.jspecify.annotations.Nullable;

import stasis.arch.asm.Assembler.Condition;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.cli.front.Script.Arg;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The front: what a caller starts and waits for. It makes pipes, starts the gofer and, in
 * namespaces of its own, the sentry; then it forwards signals until the sentry has said with what
 * code to end, or has ended itself.
 *
 * <pre>
 *   3 ◄── 4   status    5 ◄── 6   signals    7 ◄─► 8   gofer    9 ◄─► 10   helper
 * </pre>
 *
 * The helper is a child of the sentry's that keeps the rights to pivot, which the sentry itself
 * gives up before it is asked for: pivot_root(2) moves every process whose root and working
 * directory are the old root.
 */
final class FrontProgram {
    private static final int SIGCHLD = 17;
    private static final int CLONE_NEWNS = 0x2_0000;
    private static final int CLONE_NEWUTS = 0x400_0000;
    private static final int CLONE_NEWIPC = 0x800_0000;
    private static final int CLONE_NEWUSER = 0x1000_0000;
    private static final int CLONE_NEWPID = 0x2000_0000;
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int MS_RDONLY = 1;
    private static final int MS_NOSUID = 2;
    private static final int MS_NODEV = 4;
    private static final int MS_NOEXEC = 8;
    private static final int MS_BIND = 4096;
    private static final int MS_REC = 16384;
    private static final int MS_PRIVATE = 1 << 18;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int MNT_DETACH = 2;
    private static final int DESCRIPTORS = 1024;
    private static final int SIGINFO_BYTES = 128;
    private static final int TCGETS = 0x5401;
    private static final int TCSETSW = 0x5403;
    private static final int TERMIOS_BYTES = 64;

    private final Runtime runtime;
    private final boolean rootless;
    private final String kind;
    private final Training training;
    private final Script s = new Script("start");
    private final int oldMask = s.room(8);
    private final int byteRoom = s.room(8);
    private final int child = s.room(8);
    private final int termios = s.room(TERMIOS_BYTES);
    private final int noTerminal = s.room(8);

    /**
     * A front without root's rights takes the lines of its two id maps as its first arguments. One
     * for training makes no namespaces.
     *
     * @param kind of the process that becomes the sentry: sentry, or restore
     */
    FrontProgram(Runtime runtime, String kind, boolean rootless, Training training) {
        this.runtime = runtime;
        this.kind = kind;
        this.rootless = rootless;
        this.training = training;
    }

    byte[] elf() {
        descriptors();
        if (runtime.gofer() != null) gofer();
        int namespaces =
                training != Training.NONE
                        ? 0
                        : CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET;
        Label parent = new Label();
        s.call("clone", CLONE, SIGCHLD | namespaces | (rootless ? CLONE_NEWUSER : 0), 0, 0, 0, 0);
        s.ifNonZero(parent);
        sentry();
        s.asm().bind(parent);
        s.keep(child);
        forward();
        return s.elf();
    }

    private void descriptors() {
        s.call(
                "sigprocmask",
                SIGPROCMASK,
                s.number(2),
                s.longs(-1),
                s.address(oldMask),
                s.number(8));
        for (int i = 0; i < SandboxFds.PRESERVED_MAX; i++) {
            s.attempt(DUP3, 3 + i, SandboxFds.PRESERVED + i, 0);
        }
        s.call("close_range", CLOSE_RANGE, 3, 299, 0);
        s.call(
                "close_range",
                CLOSE_RANGE,
                SandboxFds.PRESERVED + SandboxFds.PRESERVED_MAX,
                -1L >>> 32,
                0);
        for (int pipe = 0; pipe < 2; pipe++) {
            s.call("pipe", PIPE2, s.address(byteRoom), s.number(0));
        }
        for (int pair = 0; pair < 2; pair++) { // AF_UNIX, SOCK_STREAM
            s.call(
                    "socketpair",
                    SOCKETPAIR,
                    s.number(1),
                    s.number(1),
                    s.number(0),
                    s.address(byteRoom));
        }
    }

    private void gofer() {
        Label parent = new Label();
        s.call("clone", CLONE, SIGCHLD, 0, 0, 0, 0).ifNonZero(parent);
        s.call("dup2", DUP2, 8, 3);
        s.call("close_range", CLOSE_RANGE, 4, -1L >>> 32, 0);
        roomForDescriptors(3);
        s.call("setsid", SETSID);
        unblock();
        s.exec(runtime.command(runtime.gofer(), "gofer", training), false, 0);
        s.asm().bind(parent);
    }

    private void sentry() {
        close(3, 6, 8);
        if (rootless) idMaps();
        if (training == Training.NONE) {
            root();
            helper();
        }
        close(10);
        roomForDescriptors(4);
        s.call("setsid", SETSID);
        unblock();
        s.call("no_new_privs", PRCTL, 38, 1, 0, 0, 0);
        s.exec(runtime.command(runtime.sentry(), kind, training), true, rootless ? 3 : 1);
    }

    /**
     * The table of descriptors grows while the process has one thread: in a JVM it would wait for
     * an RCU grace period each time, 10 ms.
     */
    private void roomForDescriptors(int open) {
        s.attempt(DUP3, open, DESCRIPTORS - 1, 0);
        s.attempt(CLOSE, DESCRIPTORS - 1);
    }

    private void unblock() {
        s.call(
                "sigprocmask",
                SIGPROCMASK,
                s.number(2),
                s.address(oldMask),
                s.number(0),
                s.number(8));
    }

    private void close(int... fds) {
        for (int fd : fds) s.call("close", CLOSE, fd);
    }

    private void idMaps() {
        writeFile("/proc/self/setgroups", s.text("deny"), s.number(4));
        for (String map : List.of("uid_map", "gid_map")) {
            writeFile(
                    "/proc/self/" + map,
                    s.argument(map.startsWith("u") ? 1 : 2),
                    lengthOfArgument());
        }
    }

    /** Bytes up to the zero; the argument is short. */
    private Arg lengthOfArgument() {
        return r -> {
            Label again = new Label();
            Label end = new Label();
            s.asm().mov(Reg.RDX, 0).bind(again);
            s.asm().bytes((byte) 0x80, (byte) 0x3c, (byte) 0x16, (byte) 0); // cmp byte [rsi+rdx], 0
            s.asm().jcc(Condition.ZERO, end).add(Reg.RDX, 1).jmp(again).bind(end);
        };
    }

    private void writeFile(String path, Arg content, Arg length) {
        int fd = s.room(8);
        s.call("open " + path, OPENAT, s.number(-100), s.text(path), s.number(1)).keep(fd);
        s.call("write " + path, WRITE, s.value(fd), content, length);
        s.call("close", CLOSE, s.value(fd));
    }

    // ---- a root with the JDK, our jars and the C library, read-only

    private void root() {
        String top = runtime.home().resolve("root").toString();
        mount(null, "/", null, MS_REC | MS_PRIVATE, null);
        mount(
                "root",
                top,
                "tmpfs",
                MS_NOSUID | MS_NODEV | MS_NOEXEC,
                "size=64k,nr_inodes=128,mode=755");
        Set<String> made = new HashSet<>();
        for (Path source : runtime.visible()) bind(top, source, made);
        s.call(
                "mount_setattr",
                MOUNT_SETATTR,
                s.number(-100),
                s.text(top),
                s.number(AT_RECURSIVE),
                s.longs(MS_RDONLY | MS_NOSUID | MS_NODEV, 0, 0, 0),
                s.number(32));
    }

    private void bind(String top, Path source, Set<String> made) {
        for (int i = 1; i < source.getNameCount(); i++) {
            directory(top, "/" + source.subpath(0, i), made);
        }
        if (Files.isDirectory(source)) {
            directory(top, source.toString(), made);
        } else {
            s.call("mknod " + source, MKNOD, s.text(top + source), s.number(0100444), s.number(0));
        }
        mount(source.toString(), top + source, null, MS_BIND, null);
    }

    private void directory(String top, String path, Set<String> made) {
        if (!made.add(path)) return;
        s.call("mkdir " + path, MKDIR, s.text(top + path), s.number(0755));
    }

    private void mount(
            @Nullable String source,
            String target,
            @Nullable String type,
            int flags,
            @Nullable String data) {
        s.call(
                "mount " + target,
                MOUNT,
                source == null ? s.number(0) : s.text(source),
                s.text(target),
                type == null ? s.number(0) : s.text(type),
                s.number(flags),
                data == null ? s.number(0) : s.text(data));
    }

    private void helper() {
        Label parent = new Label();
        Label asked = new Label();
        s.call("clone", CLONE, SIGCHLD, 0, 0, 0, 0).ifNonZero(parent);
        close(4, 5, 7, 9);
        s.attempt(READ, s.number(10), s.address(byteRoom), s.number(1));
        s.asm().cmp(Reg.RAX, 1).jcc(Condition.ZERO, asked);
        s.exit(s.number(0));
        s.asm().bind(asked);
        s.call("chdir", CHDIR, s.text(runtime.home().resolve("root").toString()));
        s.call("pivot_root", PIVOT_ROOT, s.text("."), s.text("."));
        s.call("umount", UMOUNT2, s.text("."), s.number(MNT_DETACH));
        s.call("getpid", GETPID).keep(byteRoom);
        s.call("write", WRITE, s.number(10), s.address(byteRoom), s.number(8));
        s.exit(s.number(0));
        s.asm().bind(parent);
    }

    // ---- the front itself

    private void forward() {
        int code = s.room(8);
        Label again = new Label();
        Label ended = new Label();
        Label noStatus = new Label();
        close(4, 5, 7, 8, 9, 10);
        saveTerminal();
        s.call("signalfd", SIGNALFD4, s.number(-1), s.longs(-1), s.number(8), s.number(0)); // is 4
        int polled = s.room(16);
        s.asm().bind(again);
        for (int i = 0; i < 2; i++) { // struct pollfd {fd, events = POLLIN, revents}
            s.number(3 + i | 1L << 32).into(Reg.RAX);
            s.asm().store(Reg.RBX, polled + 8 * i, Reg.RAX);
        }
        s.attempt(POLL, s.address(polled), s.number(2), s.number(-1));
        s.asm().load(Reg.RAX, Reg.RBX, polled + 4);
        s.asm().bytes((byte) 0xc1, (byte) 0xe8, (byte) 16); // shr eax, 16: revents
        s.asm().test(Reg.RAX, Reg.RAX).jcc(Condition.ZERO, noStatus);
        s.attempt(READ, s.number(3), s.address(code), s.number(8));
        s.asm().cmp(Reg.RAX, 8).jcc(Condition.NOT_ZERO, ended);
        s.exit(s.value(code));
        s.asm().bind(noStatus);
        forwardOne(polled, again);
        s.asm().bind(ended);
        exitLikeChild();
    }

    /** A sandbox makes it raw, and cannot give it back if it is killed. */
    private void saveTerminal() {
        s.attempt(IOCTL, s.number(0), s.number(TCGETS), s.address(termios)).keep(noTerminal);
    }

    private void restoreTerminal() {
        Label none = new Label();
        s.asm().load(Reg.RAX, Reg.RBX, noTerminal);
        s.ifNonZero(none);
        s.attempt(IOCTL, s.number(0), s.number(TCSETSW), s.address(termios));
        s.asm().bind(none);
    }

    private void forwardOne(int polled, Label again) {
        int info = s.room(SIGINFO_BYTES);
        s.asm().load(Reg.RAX, Reg.RBX, polled + 12);
        s.asm().bytes((byte) 0xc1, (byte) 0xe8, (byte) 16);
        s.asm().test(Reg.RAX, Reg.RAX).jcc(Condition.ZERO, again);
        s.attempt(READ, s.number(4), s.address(info), s.number(SIGINFO_BYTES));
        s.asm().load(Reg.RAX, Reg.RBX, info);
        s.asm().bytes((byte) 0x89, (byte) 0xc0); // mov eax, eax: ssi_signo
        s.asm().cmp(Reg.RAX, SIGCHLD).jcc(Condition.ZERO, again);
        s.attempt(WRITE, s.number(6), s.address(info), s.number(SIGINFO_BYTES));
        s.asm().jmp(again);
    }

    /** Until there is no child left: its cache is written then. */
    private void awaitGofer() {
        Label again = new Label();
        s.asm().bind(again);
        s.attempt(WAIT4, -1, 0, 0, 0);
        s.asm().cmp(Reg.RAX, -4095).jcc(Condition.BELOW, again);
    }

    /** A shell's idea of a status: the exit code, or 128 and the signal. */
    private void exitLikeChild() {
        int status = s.room(8);
        Label signalled = new Label();
        s.call("wait4", WAIT4, s.value(child), s.address(status), s.number(0), s.number(0));
        restoreTerminal();
        if (training != Training.NONE) awaitGofer();
        s.asm().load(Reg.RDI, Reg.RBX, status).mov(Reg.RAX, Reg.RDI);
        s.asm().bytes((byte) 0x83, (byte) 0xe0, (byte) 0x7f); // and eax, 0x7f
        s.asm().test(Reg.RAX, Reg.RAX).jcc(Condition.NOT_ZERO, signalled);
        s.asm().bytes((byte) 0xc1, (byte) 0xef, (byte) 8); // shr edi, 8
        s.asm().mov(Reg.RAX, EXIT_GROUP).syscall();
        s.asm().bind(signalled).mov(Reg.RDI, Reg.RAX).add(Reg.RDI, 128);
        s.asm().mov(Reg.RAX, EXIT_GROUP).syscall();
    }
}
