package stasis.kernel.fs.tty;

import static stasis.abi.Termios.B38400;
import static stasis.abi.Termios.CREAD;
import static stasis.abi.Termios.CS8;
import static stasis.abi.Termios.ECHO;
import static stasis.abi.Termios.ECHOCTL;
import static stasis.abi.Termios.ECHOE;
import static stasis.abi.Termios.ECHOK;
import static stasis.abi.Termios.ECHOKE;
import static stasis.abi.Termios.ICANON;
import static stasis.abi.Termios.ICRNL;
import static stasis.abi.Termios.IEXTEN;
import static stasis.abi.Termios.ISIG;
import static stasis.abi.Termios.IXON;
import static stasis.abi.Termios.ONLCR;
import static stasis.abi.Termios.OPOST;
import static stasis.abi.Termios.VMIN;
import static stasis.abi.Termios.VTIME;

import stasis.state.Saved;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct termios} and {@code struct termios2}, {@code include/uapi/asm-generic/termbits.h}.
 *
 * <pre>
 * offset  size  field
 *      0     4  c_iflag
 *      4     4  c_oflag
 *      8     4  c_cflag
 *     12     4  c_lflag
 *     16     1  c_line
 *     17    19  c_cc
 *     36        sizeof(struct termios)
 *     36     4  c_ispeed
 *     40     4  c_ospeed
 *     44        sizeof(struct termios2)
 * </pre>
 */
@Saved("tty.TerminalSettings")
public final class TerminalSettings {
    public static final int BYTES = 36;
    public static final int BYTES_2 = 44;
    private static final int CONTROLS = 19;
    private static final int CC_AT = 17;

    /** ^C ^\ DEL ^U ^D 0 1 0 ^Q ^S ^Z 0 ^R ^O ^W ^V 0 0 0, {@code INIT_C_CC}. */
    private static final String DEFAULT_CONTROLS =
            "\3\34\177\25\4\0\1\0\21\23\32\0\22\17\27\26\0\0\0";

    private int inputFlags = ICRNL | IXON;
    private int outputFlags = OPOST | ONLCR;
    private int controlFlags = B38400 | CS8 | CREAD;
    private int localFlags = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
    private int line;
    private byte[] controls = new byte[CONTROLS];
    private int inputSpeed = 38400;
    private int outputSpeed = 38400;

    /** As Linux's tty_std_termios. */
    public TerminalSettings() {
        for (int i = 0; i < CONTROLS; i++) controls[i] = (byte) DEFAULT_CONTROLS.charAt(i);
    }

    /** Of a {@code struct termios} or {@code struct termios2}. */
    static TerminalSettings read(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        TerminalSettings s = new TerminalSettings();
        s.inputFlags = b.getInt(0);
        s.outputFlags = b.getInt(4);
        s.controlFlags = b.getInt(8);
        s.localFlags = b.getInt(12);
        s.line = b.get(16) & 0xff;
        b.get(CC_AT, s.controls);
        if (bytes.length >= BYTES_2) {
            s.inputSpeed = b.getInt(36);
            s.outputSpeed = b.getInt(40);
        }
        return s;
    }

    byte[] toBytes(int length) {
        ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(inputFlags).putInt(outputFlags).putInt(controlFlags).putInt(localFlags);
        b.put((byte) line).put(controls);
        if (length >= BYTES_2) b.putInt(inputSpeed).putInt(outputSpeed);
        return b.array();
    }

    boolean input(int flag) {
        return (inputFlags & flag) != 0;
    }

    boolean output(int flag) {
        return (outputFlags & flag) != 0;
    }

    boolean local(int flag) {
        return (localFlags & flag) != 0;
    }

    int outputFlags() {
        return outputFlags;
    }

    boolean canonical() {
        return local(ICANON);
    }

    /** True if {@code c} is the special character {@code index}, V*; 0 disables one. */
    boolean is(int index, int c) {
        int special = controls[index] & 0xff;
        return special != 0 && special == c;
    }

    int control(int index) {
        return controls[index] & 0xff;
    }

    int min() {
        return control(VMIN);
    }

    long timeNanos() {
        return control(VTIME) * 100_000_000L;
    }
}
