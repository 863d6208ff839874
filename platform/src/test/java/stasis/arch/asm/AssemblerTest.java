package stasis.arch.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;

/** Expected bytes are those of GNU as, with 32-bit displacements and immediates. */
class AssemblerTest {
    private static String hex(Assembler a) {
        return HexFormat.of().formatHex(a.toBytes());
    }

    private static Assembler a() {
        return new Assembler();
    }

    @Test
    void movesTakeTheShortestFormThatHoldsTheValue() {
        assertEquals("b827000000", hex(a().mov(Reg.RAX, 39)));
        assertEquals("41ba11000000", hex(a().mov(Reg.R10, 17)));
        assertEquals("bfffffffff", hex(a().mov(Reg.RDI, 0xffff_ffffL)));
        assertEquals("48c7c7ffffffff", hex(a().mov(Reg.RDI, -1)));
        assertEquals("49bf8877665544332211", hex(a().mov(Reg.R15, 0x1122334455667788L)));
        assertEquals("4889f8", hex(a().mov(Reg.RAX, Reg.RDI)));
        assertEquals("4d89c8", hex(a().mov(Reg.R8, Reg.R9)));
    }

    @Test
    void memoryOperandsKnowTheirSpecialBases() {
        assertEquals("498b8708000000", hex(a().load(Reg.RAX, Reg.R15, 8)));
        assertEquals("4c8b8c2408000000", hex(a().load(Reg.R9, Reg.RSP, 8)));
        assertEquals("4889b700000000", hex(a().store(Reg.RDI, 0, Reg.RSI)));
        assertEquals("49899c2440000000", hex(a().store(Reg.R12, 64, Reg.RBX)));
    }

    @Test
    void arithmeticAndTests() {
        assertEquals("4885c0", hex(a().test(Reg.RAX, Reg.RAX)));
        assertEquals("4d85ed", hex(a().test(Reg.R13, Reg.R13)));
        assertEquals("4c39e8", hex(a().cmp(Reg.RAX, Reg.R13)));
        assertEquals("4881f801f0ffff", hex(a().cmp(Reg.RAX, -4095)));
        assertEquals("4981c740000000", hex(a().add(Reg.R15, 64)));
        assertEquals("49ffce", hex(a().dec(Reg.R14)));
        assertEquals("48f7f2", hex(a().div(Reg.RDX)));
        assertEquals("4831ff", hex(a().xor(Reg.RDI, Reg.RDI)));
        assertEquals("4d31d2", hex(a().xor(Reg.R10, Reg.R10)));
        assertEquals("4809d0", hex(a().or(Reg.RAX, Reg.RDX)));
        assertEquals("48c1e220", hex(a().shl(Reg.RDX, 32)));
    }

    @Test
    void jumpsThroughRegistersAndBareInstructions() {
        assertEquals("ffe0", hex(a().jmp(Reg.RAX)));
        assertEquals("41ffe3", hex(a().jmp(Reg.R11)));
        assertEquals("ffd3", hex(a().call(Reg.RBX)));
        assertEquals("41ffd1", hex(a().call(Reg.R9)));
        assertEquals("c30f05cc", hex(a().ret().syscall().int3()));
        assertEquals("cd800f0b0fa20f31", hex(a().int80().ud2().cpuid().rdtsc()));
        assertEquals("0faee8f390", hex(a().lfence().pause()));
    }

    @Test
    void wordsInMemory() {
        assertEquals("448ba308000000", hex(a().load32(Reg.R12, Reg.RBX, 8)));
        assertEquals("41898f80000000", hex(a().store32(Reg.R15, 128, Reg.RCX)));
        assertEquals("c7838000000001000000", hex(a().store32(Reg.RBX, 128, 1)));
        assertEquals("4181bb0000000000000000", hex(a().cmp32(Reg.R11, 0, 0)));
        assertEquals("41878b00000000", hex(a().xchg32(Reg.R11, 0, Reg.RCX)));
        assertEquals("ffb388000000", hex(a().push(Reg.RBX, 136)));
        assertEquals("488da300f00000", hex(a().lea(Reg.RSP, Reg.RBX, 0xf000)));
    }

    @Test
    void whatReturnsToUserCode() {
        assertEquals("682b0000009d48cf", hex(a().push(0x2b).popfq().iretq()));
        assertEquals("480faeaf00000000", hex(a().xrstor64(Reg.RDI, 0)));
        assertEquals("f3480faec1", hex(a().rdfsbase(Reg.RCX)));
        assertEquals("f3490faedb", hex(a().wrgsbase(Reg.R11)));
        assertEquals("49c1ef10f348a5", hex(a().shr(Reg.R15, 16).repMovsq()));
    }

    @Test
    void wideArithmetic() {
        assertEquals("4801c84d29c1", hex(a().add(Reg.RAX, Reg.RCX).sub(Reg.R9, Reg.R8)));
        assertEquals("48f7e149f7e2", hex(a().mul(Reg.RCX).mul(Reg.R10)));
        assertEquals("480facd020", hex(a().shrd(Reg.RAX, Reg.RDX, 32)));
    }

    @Test
    void labelsResolveForwardsAndBackwards() {
        Label back = new Label();
        Label forward = new Label();
        Assembler code =
                a().bind(back)
                        .int3()
                        .jmp(back)
                        .jcc(Assembler.Condition.ZERO, forward)
                        .bind(forward)
                        .lea(Reg.RSI, back)
                        .jmpThrough(back);
        assertEquals(
                "cc" + "e9faffffff" + "0f8400000000" + "488d35edffffff" + "ff25e7ffffff",
                hex(code));
    }

    @Test
    void labelThatIsNeverBoundIsAnError() {
        Assembler code = a().jmp(new Label());
        assertThrows(IllegalStateException.class, code::toBytes);
    }
}
