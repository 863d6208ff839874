package stasis.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.arch.Access;
import stasis.arch.Registers;
import stasis.arch.asm.Assembler;

import java.lang.foreign.MemorySegment;

/** A page of code and a page of data in the memory file, and where guests of a test see them. */
final class GuestProgram {
    static final long CODE = 0x10_0000;
    static final long DATA = 0x20_0000;
    static final long CODE_OFFSET = 0;
    static final long DATA_OFFSET = 0x1000;

    private final Platform platform;

    GuestProgram(Platform platform, Assembler code) {
        this.platform = platform;
        byte[] bytes = code.toBytes();
        MemorySegment.copy(bytes, 0, memory(), JAVA_BYTE, CODE_OFFSET, bytes.length);
    }

    AddressSpace load() throws PlatformException {
        AddressSpace space = platform.newAddressSpace();
        space.map(CODE, 4096, CODE_OFFSET, Access.READ | Access.EXECUTE);
        space.map(DATA, 4096, DATA_OFFSET, Access.READ | Access.WRITE);
        return space;
    }

    Registers start() {
        Registers registers = new Registers();
        platform.reset(registers);
        registers.set(Registers.RIP, CODE);
        registers.set(Registers.RSP, DATA + 4096);
        return registers;
    }

    long data(long at) {
        return memory().get(JAVA_LONG, DATA_OFFSET + at);
    }

    void data(long at, long value) {
        memory().set(JAVA_LONG, DATA_OFFSET + at, value);
    }

    private MemorySegment memory() {
        return platform.memory().mapping();
    }
}
