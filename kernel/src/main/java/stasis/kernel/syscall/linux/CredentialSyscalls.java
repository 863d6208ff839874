package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SETGID;
import static stasis.abi.Capability.CAP_SETPCAP;
import static stasis.abi.Capability.CAP_SETUID;
import static stasis.abi.Capability._LINUX_CAPABILITY_VERSION_1;
import static stasis.abi.Capability._LINUX_CAPABILITY_VERSION_2;
import static stasis.abi.Capability._LINUX_CAPABILITY_VERSION_3;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Limits.NGROUPS_MAX;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.auth.Ids;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;

import java.util.ArrayList;
import java.util.List;

/** User and group ids, credentials(7), and capabilities(7). */
final class CredentialSyscalls {
    private CredentialSyscalls() {}

    /** {@code uid_t getuid(void)} */
    static long getuid(Task task, SyscallArgs args) {
        return task.credentials().uid() & 0xffffffffL;
    }

    /** {@code uid_t geteuid(void)} */
    static long geteuid(Task task, SyscallArgs args) {
        return task.credentials().euid() & 0xffffffffL;
    }

    /** {@code gid_t getgid(void)} */
    static long getgid(Task task, SyscallArgs args) {
        return task.credentials().gid() & 0xffffffffL;
    }

    /** {@code gid_t getegid(void)} */
    static long getegid(Task task, SyscallArgs args) {
        return task.credentials().egid() & 0xffffffffL;
    }

    /** {@code int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid)} */
    static long getresuid(Task task, SyscallArgs args) throws SyscallException {
        return write(task, args, task.credentials().uids());
    }

    /** {@code int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid)} */
    static long getresgid(Task task, SyscallArgs args) throws SyscallException {
        return write(task, args, task.credentials().gids());
    }

    private static long write(Task task, SyscallArgs args, Ids ids) throws ErrnoException {
        task.memory().writeInt(args.a0, ids.real());
        task.memory().writeInt(args.a1, ids.effective());
        task.memory().writeInt(args.a2, ids.saved());
        return 0;
    }

    // ---- users

    private static boolean privileged(Task task) {
        return task.credentials().has(CAP_SETUID);
    }

    /** capabilities(7), "Effect of user ID changes on capabilities". */
    private static long setUids(Task task, Ids ids) {
        Credentials c = task.credentials();
        long permitted = c.permitted();
        long caps = c.effective();
        long ambient = c.ambient();
        if (c.uids().anyIs(0) && !ids.anyIs(0)) permitted = caps = ambient = 0;
        else if (c.euid() == 0 && ids.effective() != 0) caps = 0;
        else if (c.euid() != 0 && ids.effective() == 0) caps = permitted;
        task.setCredentials(
                c.with(ids, c.gids())
                        .withCapabilities(permitted, caps, c.inheritable(), c.bounding(), ambient));
        return 0;
    }

    /** {@code int setuid(uid_t uid)} */
    static long setuid(Task task, SyscallArgs args) throws SyscallException {
        return setUids(task, task.credentials().uids().set(args.int0(), privileged(task)));
    }

    /** {@code int setreuid(uid_t ruid, uid_t euid)} */
    static long setreuid(Task task, SyscallArgs args) throws SyscallException {
        Ids ids = task.credentials().uids();
        return setUids(task, ids.set(args.int0(), args.int1(), privileged(task)));
    }

    /** {@code int setresuid(uid_t ruid, uid_t euid, uid_t suid)} */
    static long setresuid(Task task, SyscallArgs args) throws SyscallException {
        Ids ids = task.credentials().uids();
        return setUids(task, ids.set(args.int0(), args.int1(), args.int2(), privileged(task)));
    }

    /** {@code int setfsuid(uid_t fsuid)}: returns the earlier one whatever happens. */
    static long setfsuid(Task task, SyscallArgs args) {
        Credentials c = task.credentials();
        task.setCredentials(c.with(c.uids().setFs(args.int0(), privileged(task)), c.gids()));
        return c.fsuid() & 0xffffffffL;
    }

    // ---- groups

    private static boolean groupPrivileged(Task task) {
        return task.credentials().has(CAP_SETGID);
    }

    private static long setGids(Task task, Ids ids) {
        Credentials c = task.credentials();
        task.setCredentials(c.with(c.uids(), ids));
        return 0;
    }

    /** {@code int setgid(gid_t gid)} */
    static long setgid(Task task, SyscallArgs args) throws SyscallException {
        return setGids(task, task.credentials().gids().set(args.int0(), groupPrivileged(task)));
    }

    /** {@code int setregid(gid_t rgid, gid_t egid)} */
    static long setregid(Task task, SyscallArgs args) throws SyscallException {
        Ids ids = task.credentials().gids();
        return setGids(task, ids.set(args.int0(), args.int1(), groupPrivileged(task)));
    }

    /** {@code int setresgid(gid_t rgid, gid_t egid, gid_t sgid)} */
    static long setresgid(Task task, SyscallArgs args) throws SyscallException {
        Ids ids = task.credentials().gids();
        return setGids(task, ids.set(args.int0(), args.int1(), args.int2(), groupPrivileged(task)));
    }

    /** {@code int setfsgid(gid_t fsgid)} */
    static long setfsgid(Task task, SyscallArgs args) {
        Credentials c = task.credentials();
        setGids(task, c.gids().setFs(args.int0(), groupPrivileged(task)));
        return c.fsgid() & 0xffffffffL;
    }

    /** {@code int getgroups(int size, gid_t list[])} */
    static long getgroups(Task task, SyscallArgs args) throws SyscallException {
        List<Integer> groups = task.credentials().groups();
        int size = args.int0();
        if (size < 0 || (size > 0 && size < groups.size())) throw EINVAL.exception();
        if (size > 0) {
            for (int i = 0; i < groups.size(); i++) {
                task.memory().writeInt(args.a1 + 4L * i, groups.get(i));
            }
        }
        return groups.size();
    }

    /** {@code int setgroups(size_t size, const gid_t *list)} */
    static long setgroups(Task task, SyscallArgs args) throws SyscallException {
        if (!task.credentials().has(CAP_SETGID)) throw EPERM.exception();
        if (args.int0() < 0 || args.int0() > NGROUPS_MAX) throw EINVAL.exception();
        List<Integer> groups = new ArrayList<>();
        for (int i = 0; i < args.int0(); i++) groups.add(task.memory().readInt(args.a1 + 4L * i));
        task.setCredentials(task.credentials().withGroups(groups));
        return 0;
    }

    // ---- capabilities

    /** Words per set for a header's version; the header gets the version we know if it is wrong. */
    private static int words(Task task, long header) throws ErrnoException {
        return switch (task.memory().readInt(header)) {
            case _LINUX_CAPABILITY_VERSION_1 -> 1;
            case _LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3 -> 2;
            default -> {
                task.memory().writeInt(header, _LINUX_CAPABILITY_VERSION_3);
                throw EINVAL.exception();
            }
        };
    }

    /** {@code int capget(cap_user_header_t hdrp, cap_user_data_t datap)} */
    static long capget(Task task, SyscallArgs args) throws SyscallException {
        int words;
        try {
            words = words(task, args.a0);
        } catch (ErrnoException e) {
            if (args.a1 == 0 && e.errno() == EINVAL) return 0;
            throw e;
        }
        int pid = task.memory().readInt(args.a0 + 4);
        if (pid < 0) throw EINVAL.exception();
        Credentials c = task.credentials();
        if (pid != 0) {
            try (var _ = task.machine().tasks().lock().hold()) {
                Task found = task.machine().tasks().findLocked(pid);
                if (found == null) throw ESRCH.exception();
                c = found.credentials();
            }
        }
        if (args.a1 == 0) return 0;
        for (int i = 0; i < words; i++) {
            long at = args.a1 + 12L * i;
            task.memory().writeInt(at, (int) (c.effective() >>> (32 * i)));
            task.memory().writeInt(at + 4, (int) (c.permitted() >>> (32 * i)));
            task.memory().writeInt(at + 8, (int) (c.inheritable() >>> (32 * i)));
        }
        return 0;
    }

    /** {@code int capset(cap_user_header_t hdrp, const cap_user_data_t datap)} */
    static long capset(Task task, SyscallArgs args) throws SyscallException {
        int words = words(task, args.a0);
        int pid = task.memory().readInt(args.a0 + 4);
        if (pid != 0 && pid != task.tid()) throw EPERM.exception();
        long effective = 0;
        long permitted = 0;
        long inheritable = 0;
        for (int i = 0; i < words; i++) {
            long at = args.a1 + 12L * i;
            effective |= (task.memory().readInt(at) & 0xffffffffL) << (32 * i);
            permitted |= (task.memory().readInt(at + 4) & 0xffffffffL) << (32 * i);
            inheritable |= (task.memory().readInt(at + 8) & 0xffffffffL) << (32 * i);
        }
        effective &= Credentials.ALL;
        permitted &= Credentials.ALL;
        inheritable &= Credentials.ALL;
        Credentials c = task.credentials();
        if ((permitted & ~c.permitted()) != 0) throw EPERM.exception();
        if ((effective & ~permitted) != 0) throw EPERM.exception();
        long mayInherit = c.inheritable() | c.permitted();
        if (!c.has(CAP_SETPCAP) && (inheritable & ~mayInherit) != 0) throw EPERM.exception();
        if ((inheritable & ~(c.inheritable() | c.bounding())) != 0) throw EPERM.exception();
        long ambient = c.ambient() & permitted & inheritable;
        task.setCredentials(
                c.withCapabilities(permitted, effective, inheritable, c.bounding(), ambient));
        return 0;
    }
}
