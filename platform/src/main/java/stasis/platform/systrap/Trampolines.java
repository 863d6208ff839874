package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Where patched calls jump to: code that says which call it was. Mapped, readable and executable,
 * into every process that has a patched page, always at the same address, which is near enough to
 * the libraries for a jump of 32 bits.
 *
 * <pre>
 *  0    16   addresses of the stub's two entries
 * 32    32   a slot for each site: what a call would leave behind in rcx and rax, and off
 *  :         lea behind,%rcx; mov $nr,%eax; jmp *called                   LOADED
 *            lea behind,%rcx; lea tail,%r11; jmp *calledWithTail;         COMPARED
 *            tail: cmp $imm,%rax; jmp *behind + 6 bytes
 * </pre>
 */
final class Trampolines {
    private static final int SLOT = 32;
    private static final int SLOTS = (int) (SystrapCode.TRAMPOLINES_BYTES / SLOT);
    private static final int COMPARE_BYTES = 6;

    /** Opcodes that are none in 64-bit mode, Intel SDM vol. 2, appendix A. */
    private static final BitSet UNDEFINED = undefined();

    /** A site in guest memory. */
    record Key(SyscallSite site, long page) {
        long jump() {
            return page + site.at();
        }

        long behind() {
            return page + site.behind();
        }
    }

    /**
     * @param tail where the comparison is, in the stub; 0: none
     */
    record Slot(Key key, int number, long tail) {
        long addr() {
            return SystrapCode.TRAMPOLINES + (long) number * SLOT;
        }
    }

    private final MemorySegment memory;
    private final SystrapCode code;

    /** By number; read without a lock when a guest stops in one. */
    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);

    /** Guarded by this object's users' lock, as all that follows: {@link PatchedPages}. */
    private final Map<Key, Slot> bySite = new HashMap<>();

    private final Map<Key, Integer> users = new HashMap<>();
    private final BitSet used = new BitSet(SLOTS);

    /** Those given back are the last to be used again: a thread may stand in one. */
    private int next = 1;

    /**
     * @param memory the sentry's view of it, zero
     */
    Trampolines(MemorySegment memory, SystrapCode code) {
        this.memory = memory;
        this.code = code;
        memory.set(JAVA_LONG, 0, code.called());
        memory.set(JAVA_LONG, 8, code.calledWithTail());
        used.set(0);
    }

    private static BitSet undefined() {
        BitSet opcodes = new BitSet(256);
        for (int o : new int[] {6, 7, 0xe, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f}) {
            opcodes.set(o);
        }
        for (int o : new int[] {0x60, 0x61, 0x9a, 0xce, 0xd4, 0xea}) opcodes.set(o);
        return opcodes;
    }

    // ---- the lock of the users is held

    /** One for this site, or null if there is none in reach. To be given back. */
    @org.jspecify.annotations.Nullable
    Slot take(Key key) {
        Slot slot = bySite.get(key);
        if (slot == null) {
            int number = find(key);
            if (number < 0) return null;
            slot = make(key, number);
        }
        users.merge(key, 1, Integer::sum);
        return slot;
    }

    void give(Slot slot) {
        Key key = slot.key;
        if (users.merge(key, -1, Integer::sum) > 0) return;
        users.remove(key);
        bySite.remove(key);
        used.clear(slot.number);
    }

    private int find(Key key) {
        int found = find(key, next, SLOTS);
        return found >= 0 ? found : find(key, 1, next);
    }

    private int find(Key key, int from, int to) {
        for (int n = used.nextClearBit(from); n < to; n = used.nextClearBit(n + 1)) {
            long distance = distance(key, n);
            if (distance != (int) distance) return -1; // all of them are as far away
            if (key.site.shape() == SyscallSite.Shape.LOADED) return n;
            if (UNDEFINED.get((int) (distance >> 8) & 0xff)) return n;
        }
        return -1;
    }

    /** What the jump adds to the address behind it. */
    private static long distance(Key key, int number) {
        long to = SystrapCode.TRAMPOLINES + (long) number * SLOT;
        return to - (key.jump() + SyscallSite.JUMP);
    }

    static int distance(Slot slot) {
        return (int) distance(slot.key, slot.number);
    }

    private Slot make(Key key, int number) {
        boolean tail = key.site.shape() == SyscallSite.Shape.COMPARED;
        long at = SystrapCode.TRAMPOLINES + (long) number * SLOT;
        Assembler a = new Assembler();
        leaRcx(a, at, key.behind());
        Slot slot;
        if (tail) {
            Label compare = new Label();
            a.lea(Reg.R11, compare);
            jumpThrough(a, at, 8);
            slot = new Slot(key, number, at + a.size());
            a.bind(compare).bytes((byte) 0x48, (byte) 0x3d).int32(key.site.immediate());
            jumpTo(a, at, key.behind() + COMPARE_BYTES);
        } else {
            a.mov(Reg.RAX, key.site.number());
            jumpThrough(a, at, 0);
            slot = new Slot(key, number, 0);
        }
        write(number, a.toBytes());
        used.set(number);
        next = number + 1 == SLOTS ? 1 : number + 1;
        bySite.put(key, slot);
        slots.set(number, slot);
        return slot;
    }

    /** {@code lea target(%rip),%rcx} */
    private static void leaRcx(Assembler a, long at, long target) {
        a.bytes((byte) 0x48, (byte) 0x8d, (byte) 0x0d);
        a.int32((int) (target - (at + a.size() + 4)));
    }

    /** {@code jmp *TRAMPOLINES + pointer}, relative to rip. */
    private static void jumpThrough(Assembler a, long at, int pointer) {
        a.bytes((byte) 0xff, (byte) 0x25);
        a.int32((int) (SystrapCode.TRAMPOLINES + pointer - (at + a.size() + 4)));
    }

    private static void jumpTo(Assembler a, long at, long target) {
        a.bytes((byte) 0xe9);
        a.int32((int) (target - (at + a.size() + 4)));
    }

    private void write(int number, byte[] bytes) {
        if (bytes.length > SLOT) throw new IllegalStateException("slot of " + bytes.length);
        MemorySegment.copy(
                MemorySegment.ofArray(bytes), 0, memory, (long) number * SLOT, bytes.length);
    }

    // ---- any thread

    /**
     * What a guest that stopped at {@code rip}, in a slot, has done of its own code: nothing of the
     * call, or the call but not the comparison, or both.
     *
     * @return {@code rip} if that is no such place
     */
    long original(long rip) {
        long offset = rip - SystrapCode.TRAMPOLINES;
        if (offset < SLOT || offset >= SystrapCode.TRAMPOLINES_BYTES) return rip;
        Slot slot = slots.get((int) (offset / SLOT));
        if (slot == null) return rip;
        if (slot.tail == 0 || rip < slot.tail) return slot.key.jump();
        return rip == slot.tail ? slot.key.behind() : slot.key.behind() + COMPARE_BYTES;
    }
}
