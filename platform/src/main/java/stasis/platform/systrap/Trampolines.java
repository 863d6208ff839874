package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.jspecify.annotations.Nullable;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Where patched calls jump to: code that says which call it was. Mapped, readable and executable,
 * into every process that has a patched page, always at the same addresses: some above the guest's,
 * near enough to the libraries for a jump of 32 bits, some below, for programs at fixed addresses.
 *
 * <pre>
 *  0    16   addresses of the stub's two entries, in either window
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

    /** The part of the file that a process sees at {@code base}: slots from {@code first} on. */
    enum Window {
        HIGH(
                SystrapCode.TRAMPOLINES,
                0,
                SystrapCode.TRAMPOLINES_BYTES - SystrapCode.LOW_TRAMPOLINES_BYTES),
        LOW(
                SystrapCode.LOW_TRAMPOLINES,
                SystrapCode.TRAMPOLINES_BYTES - SystrapCode.LOW_TRAMPOLINES_BYTES,
                SystrapCode.LOW_TRAMPOLINES_BYTES);

        final long base;

        /** Offset among all. */
        final long offset;

        final long bytes;

        Window(long base, long offset, long bytes) {
            this.base = base;
            this.offset = offset;
            this.bytes = bytes;
        }

        int first() {
            return (int) (offset / SLOT);
        }

        int end() {
            return (int) ((offset + bytes) / SLOT);
        }

        long addr(int number) {
            return base + (long) number * SLOT - offset;
        }

        static Window of(int number) {
            return number < LOW.first() ? HIGH : LOW;
        }
    }

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
        Window window() {
            return Window.of(number);
        }
    }

    private final MemorySegment memory;

    /** What the host lets processes map. */
    private final EnumSet<Window> windows;

    /** By number; read without a lock when a guest stops in one. */
    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);

    /** Guarded by this object's users' lock, as all that follows: {@link PatchedPages}. */
    private final Map<Key, Slot> bySite = new HashMap<>();

    private final Map<Key, Integer> users = new HashMap<>();
    private final BitSet used = new BitSet(SLOTS);

    /** By window. Those given back are the last to be used again: a thread may stand in one. */
    private final int[] next = new int[Window.values().length];

    /**
     * @param memory the sentry's view of it, zero
     * @param lowest address that the host lets processes map
     */
    Trampolines(MemorySegment memory, SystrapCode code, long lowest) {
        this.memory = memory;
        windows = EnumSet.allOf(Window.class);
        windows.removeIf(w -> w.base < lowest);
        for (Window w : windows) {
            memory.set(JAVA_LONG, w.offset, code.called());
            memory.set(JAVA_LONG, w.offset + 8, code.calledWithTail());
            used.set(w.first());
            next[w.ordinal()] = w.first() + 1;
        }
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
        for (Window w : windows) {
            int from = next[w.ordinal()];
            int found = find(key, from, w.end());
            if (found < 0) found = find(key, w.first(), from);
            if (found >= 0) return found;
        }
        return -1;
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
        return Window.of(number).addr(number) - (key.jump() + SyscallSite.JUMP);
    }

    static int distance(Slot slot) {
        return (int) distance(slot.key, slot.number);
    }

    private Slot make(Key key, int number) {
        boolean tail = key.site.shape() == SyscallSite.Shape.COMPARED;
        Window window = Window.of(number);
        long at = window.addr(number);
        Assembler a = new Assembler();
        leaRcx(a, at, key.behind());
        Slot slot;
        if (tail) {
            Label compare = new Label();
            a.lea(Reg.R11, compare);
            jumpThrough(a, at, window.base + 8);
            slot = new Slot(key, number, at + a.size());
            a.bind(compare).bytes((byte) 0x48, (byte) 0x3d).int32(key.site.immediate());
            jumpTo(a, at, key.behind() + COMPARE_BYTES);
        } else {
            a.mov(Reg.RAX, key.site.number());
            jumpThrough(a, at, window.base);
            slot = new Slot(key, number, 0);
        }
        write(number, a.toBytes());
        used.set(number);
        next[window.ordinal()] = number + 1;
        bySite.put(key, slot);
        slots.set(number, slot);
        return slot;
    }

    /** {@code lea target(%rip),%rcx} */
    private static void leaRcx(Assembler a, long at, long target) {
        a.bytes((byte) 0x48, (byte) 0x8d, (byte) 0x0d);
        a.int32((int) (target - (at + a.size() + 4)));
    }

    /** {@code jmp *pointer}, relative to rip. */
    private static void jumpThrough(Assembler a, long at, long pointer) {
        a.bytes((byte) 0xff, (byte) 0x25);
        a.int32((int) (pointer - (at + a.size() + 4)));
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

    private @Nullable Slot at(long rip) {
        for (Window w : Window.values()) {
            long offset = rip - w.base;
            if (offset >= 0 && offset < w.bytes)
                return slots.get((int) ((w.offset + offset) / SLOT));
        }
        return null;
    }

    /**
     * What a guest that stopped at {@code rip}, in a slot, has done of its own code: nothing of the
     * call, or the call but not the comparison, or both.
     *
     * @return {@code rip} if that is no such place
     */
    long original(long rip) {
        Slot slot = at(rip);
        if (slot == null) return rip;
        if (slot.tail == 0 || rip < slot.tail) return slot.key.jump();
        return rip == slot.tail ? slot.key.behind() : slot.key.behind() + COMPARE_BYTES;
    }
}
