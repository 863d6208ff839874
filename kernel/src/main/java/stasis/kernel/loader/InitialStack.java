package stasis.kernel.loader;

import static stasis.abi.Errno.E2BIG;

import stasis.abi.ErrnoException;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.UserMemory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a program finds on its stack, System V ABI for x86-64, 3.4.1:
 *
 * <pre>
 * high  file name, envp strings, argv strings, platform, random bytes
 *       auxv: pairs, AT_NULL last
 *       envp pointers, 0
 *       argv pointers, 0
 * rsp   argc                        16-byte aligned
 * </pre>
 */
final class InitialStack {
    private final UserMemory memory;
    private long sp;

    InitialStack(UserMemory memory, long top) {
        this.memory = memory;
        this.sp = top - 16;
    }

    long push(byte[] bytes) throws ErrnoException {
        sp -= bytes.length;
        memory.writeBytes(sp, bytes);
        return sp;
    }

    long pushString(String s) throws ErrnoException {
        return push((s + '\0').getBytes(StandardCharsets.ISO_8859_1));
    }

    void align() {
        sp &= -16;
    }

    /** Pushes the strings so that the first lies lowest; returns their addresses in order. */
    private long[] pushAll(List<String> strings) throws ErrnoException {
        long[] at = new long[strings.size()];
        for (int i = strings.size() - 1; i >= 0; i--) at[i] = pushString(strings.get(i));
        return at;
    }

    /**
     * Strings, vectors and auxv.
     *
     * @param lowest the stack must not reach below
     * @return the stack pointer
     */
    long finish(MemoryMap mm, List<String> argv, List<String> envp, AuxVector auxv, long lowest)
            throws ErrnoException {
        long envEnd = sp;
        long[] envs = pushAll(envp);
        long envStart = sp;
        long[] args = pushAll(argv);
        long argStart = sp;
        auxv.pushStrings(this);
        byte[] pairs = auxv.toBytes();
        int bytes = 8 + (args.length + 1 + envs.length + 1) * 8 + pairs.length;
        sp = (sp - bytes) & -16;
        if (sp < lowest) throw E2BIG.exception();
        ByteBuffer b = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(args.length);
        for (long a : args) b.putLong(a);
        b.putLong(0);
        for (long e : envs) b.putLong(e);
        b.putLong(0);
        b.put(pairs);
        memory.writeBytes(sp, b.array());
        mm.setArguments(argStart, envStart, envStart, envEnd, pairs);
        return sp;
    }
}
