package stasis.cli.front;

import stasis.arch.asm.Assembler.Condition;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.cli.control.ClaimReply;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * {@code stasis pool claim}: sends its arguments, as they are, and descriptors 0, 1 and 2 to the
 * keeper of a pool, and waits for the one answer. No JVM, as that would take longer than all the
 * rest. Its first argument is the pool's folder.
 *
 * <pre>
 *   struct msghdr, sendmsg(2):  name, namelen │ iov, iovlen │ control, controllen │ flags
 * </pre>
 */
final class ClaimProgram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int CONTROL_BYTES = 16 + 3 * 4;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOCKET_FD = 200;
    private static final int DIED = 137;

    private final Script s = new Script("pool claim");
    private final int iovec = s.room(16);
    private final int message = s.room(56);
    private final int length = s.room(8);
    private final int reply = s.room(2048);

    private ClaimProgram() {}

    static byte[] elf() {
        return new ClaimProgram().program();
    }

    private byte[] program() {
        connect();
        send();
        receive();
        return s.elf();
    }

    /** From the pool's folder: a path from the root may be too long for a socket's name. */
    private void connect() {
        s.call("chdir", FrontCalls.CHDIR, s.argument(1));
        s.call("socket", FrontCalls.SOCKET, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0);
        s.keep(length);
        s.call("dup3", FrontCalls.DUP3, s.value(length), s.number(SOCKET_FD), s.number(0x80000));
        s.call("close", FrontCalls.CLOSE, s.value(length));
        byte[] name = ("\1\0" + "claim.sock\0").getBytes(StandardCharsets.ISO_8859_1);
        Label connected = new Label();
        s.attempt(FrontCalls.CONNECT, s.number(SOCKET_FD), s.bytes(name), s.number(name.length));
        s.asm().test(Reg.RAX, Reg.RAX).jcc(Condition.ZERO, connected);
        end("stasis: pool claim: the pool's keeper is gone\n", 1);
        s.asm().bind(connected);
    }

    private void end(String line, int code) {
        byte[] text = line.getBytes(StandardCharsets.ISO_8859_1);
        s.attempt(FrontCalls.WRITE, s.number(2), s.bytes(text), s.number(text.length));
        s.exit(s.number(code));
    }

    /** The arguments lie one behind the other: from the second one to where the last one ends. */
    private void send() {
        Label again = new Label();
        Label end = new Label();
        s.asm().load(Reg.RCX, Reg.R12, 0).shl(Reg.RCX, 3).mov(Reg.RSI, Reg.R12);
        s.asm().bytes((byte) 0x48, (byte) 0x01, (byte) 0xce); // add rsi, rcx: &argv[argc - 1]
        s.asm().load(Reg.RDX, Reg.RSI, 0).bind(again);
        s.asm().bytes((byte) 0x80, (byte) 0x3a, (byte) 0); // cmp byte [rdx], 0
        s.asm().jcc(Condition.ZERO, end).add(Reg.RDX, 1).jmp(again).bind(end).add(Reg.RDX, 1);
        s.argument(2).into(Reg.RCX);
        s.asm().store(Reg.RBX, iovec, Reg.RCX);
        s.asm().bytes((byte) 0x48, (byte) 0x29, (byte) 0xca); // sub rdx, rcx
        s.asm().store(Reg.RBX, iovec + 8, Reg.RDX);
        set(message, s.number(0));
        set(message + 8, s.number(0));
        set(message + 16, s.address(iovec));
        set(message + 24, s.number(1));
        set(message + 32, s.bytes(control()));
        set(message + 40, s.number(CONTROL_BYTES));
        set(message + 48, s.number(0));
        s.call(
                "sendmsg",
                FrontCalls.SENDMSG,
                s.number(SOCKET_FD),
                s.address(message),
                s.number(MSG_NOSIGNAL));
    }

    private static byte[] control() {
        ByteBuffer b = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(CONTROL_BYTES).putInt(SOL_SOCKET).putInt(SCM_RIGHTS);
        return b.putInt(0).putInt(1).putInt(2).array();
    }

    private void set(int variable, Script.Arg value) {
        value.into(Reg.RAX);
        s.asm().store(Reg.RBX, variable, Reg.RAX);
    }

    /** {@link ClaimReply}, cut to the room there is. */
    private void receive() {
        Label answered = new Label();
        Label died = new Label();
        Label good = new Label();
        s.attempt(
                FrontCalls.RECVFROM,
                s.number(SOCKET_FD),
                s.address(reply),
                s.number(2048),
                s.number(0),
                s.number(0),
                s.number(0));
        s.asm().cmp(Reg.RAX, -4095).jcc(Condition.ABOVE_OR_EQUAL, died);
        s.asm().cmp(Reg.RAX, 7).jcc(Condition.ABOVE, answered).bind(died);
        end("stasis: pool claim: the sandbox or the pool's keeper has died\n", DIED);
        s.asm().bind(answered).add(Reg.RAX, -8);
        s.keep(length);
        s.asm().load(Reg.RDI, Reg.RBX, reply).test(Reg.RDI, Reg.RDI);
        s.asm().mov(Reg.RDI, 1).jcc(Condition.ZERO, good).mov(Reg.RDI, 2).bind(good);
        s.attempt(1, r -> {}, s.address(reply + 8), s.value(length));
        s.exit(s.value(reply));
    }
}
