package stasis.cli.front;

import stasis.arch.asm.Assembler.Condition;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

/**
 * A process that stands for one inside a sandbox: reads 8 bytes from descriptor 200, the other end
 * of which the sentry has, and exits with them. If the sentry dies first it exits with 137.
 */
final class WaiterProgram {
    private static final int FD = 200;

    private WaiterProgram() {}

    static byte[] elf() {
        Script s = new Script("waiter");
        int code = s.room(8);
        Label died = new Label();
        s.attempt(FrontCalls.CLOSE_RANGE, 3, FD - 1, 0);
        s.attempt(FrontCalls.CLOSE_RANGE, FD + 1, -1L >>> 32, 0);
        s.attempt(FrontCalls.READ, s.number(FD), s.address(code), s.number(8));
        s.asm().cmp(Reg.RAX, 8).jcc(Condition.NOT_ZERO, died);
        s.exit(s.value(code));
        s.asm().bind(died);
        s.exit(s.number(137));
        return s.elf();
    }
}
