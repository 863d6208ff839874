package stasis.kernel.loader;

import static stasis.abi.Auxvec.AT_BASE;
import static stasis.abi.Auxvec.AT_CLKTCK;
import static stasis.abi.Auxvec.AT_EGID;
import static stasis.abi.Auxvec.AT_ENTRY;
import static stasis.abi.Auxvec.AT_EUID;
import static stasis.abi.Auxvec.AT_EXECFN;
import static stasis.abi.Auxvec.AT_FLAGS;
import static stasis.abi.Auxvec.AT_GID;
import static stasis.abi.Auxvec.AT_HWCAP;
import static stasis.abi.Auxvec.AT_HWCAP2;
import static stasis.abi.Auxvec.AT_MINSIGSTKSZ;
import static stasis.abi.Auxvec.AT_NULL;
import static stasis.abi.Auxvec.AT_PAGESZ;
import static stasis.abi.Auxvec.AT_PHDR;
import static stasis.abi.Auxvec.AT_PHENT;
import static stasis.abi.Auxvec.AT_PHNUM;
import static stasis.abi.Auxvec.AT_PLATFORM;
import static stasis.abi.Auxvec.AT_RANDOM;
import static stasis.abi.Auxvec.AT_SECURE;
import static stasis.abi.Auxvec.AT_SYSINFO_EHDR;
import static stasis.abi.Auxvec.AT_UID;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** getauxval(3). */
final class AuxVector {
    /** Room for a frame without the XSAVE area, Linux's sigaltstack(2) minimum. */
    private static final int FRAME_BYTES = 1024;

    private static final int CLOCK_TICKS = 100;

    /** HWCAP2_FSGSBASE: rdfsbase and its kin work in user code. */
    private static final int FSGSBASE = 2;

    private final List<long[]> pairs = new ArrayList<>();
    private final byte[] random = new byte[16];

    AuxVector(
            Caller caller,
            ElfImage program,
            long interpreterBase,
            long vdso,
            long fileName,
            boolean secure,
            int fpuBytes,
            int hwcap) {
        Credentials c = caller.credentials();
        if (vdso != 0) add(AT_SYSINFO_EHDR, vdso);
        add(AT_HWCAP, hwcap & 0xffffffffL);
        add(AT_PAGESZ, Pages.SIZE);
        add(AT_CLKTCK, CLOCK_TICKS);
        add(AT_PHDR, program.phdr());
        add(AT_PHENT, ElfHeader.PHDR_BYTES);
        add(AT_PHNUM, program.phdrCount());
        add(AT_BASE, interpreterBase);
        add(AT_FLAGS, 0);
        add(AT_ENTRY, program.entry());
        add(AT_UID, c.uid());
        add(AT_EUID, c.euid());
        add(AT_GID, c.gid());
        add(AT_EGID, c.egid());
        add(AT_SECURE, secure ? 1 : 0);
        add(AT_HWCAP2, FSGSBASE);
        add(AT_EXECFN, fileName);
        add(AT_MINSIGSTKSZ, fpuBytes + FRAME_BYTES);
        MemorySegment bytes = caller.buffer(random.length);
        caller.random(bytes, 0, random.length);
        MemorySegment.copy(bytes, 0, MemorySegment.ofArray(random), 0, random.length);
    }

    private void add(int type, long value) {
        pairs.add(new long[] {type, value});
    }

    void pushStrings(InitialStack stack) throws ErrnoException {
        add(AT_PLATFORM, stack.pushString("x86_64"));
        stack.align();
        add(AT_RANDOM, stack.push(random));
        add(AT_NULL, 0);
    }

    byte[] toBytes() {
        ByteBuffer b = ByteBuffer.allocate(16 * pairs.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (long[] p : pairs) b.putLong(p[0]).putLong(p[1]);
        return b.array();
    }
}
