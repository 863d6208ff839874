package stasis.abi;

/** {@code include/uapi/asm-generic/termbits.h}. */
public final class Termios {
    private Termios() {}

    public static final int B38400 = 0xf;

    public static final int BRKINT = 0x2;

    public static final int CREAD = 0x80;

    public static final int CS8 = 0x30;

    public static final int ECHO = 0x8;
    public static final int ECHOCTL = 0x200;
    public static final int ECHOE = 0x10;
    public static final int ECHOK = 0x20;
    public static final int ECHOKE = 0x800;
    public static final int ECHONL = 0x40;
    public static final int ECHOPRT = 0x400;

    public static final int EXTPROC = 0x10000;

    public static final int FLUSHO = 0x1000;

    public static final int ICANON = 0x2;

    public static final int ICRNL = 0x100;

    public static final int IEXTEN = 0x8000;

    public static final int IGNBRK = 0x1;
    public static final int IGNCR = 0x80;
    public static final int IGNPAR = 0x4;

    public static final int IMAXBEL = 0x2000;

    public static final int INLCR = 0x40;

    public static final int INPCK = 0x10;

    public static final int ISIG = 0x1;

    public static final int ISTRIP = 0x20;

    public static final int IUCLC = 0x200;

    public static final int IUTF8 = 0x4000;

    public static final int IXANY = 0x800;

    public static final int IXOFF = 0x1000;
    public static final int IXON = 0x400;

    public static final int NOFLSH = 0x80;

    public static final int OCRNL = 0x8;

    public static final int OFDEL = 0x80;

    public static final int OFILL = 0x40;

    public static final int OLCUC = 0x2;

    public static final int ONLCR = 0x4;
    public static final int ONLRET = 0x20;

    public static final int ONOCR = 0x10;

    public static final int OPOST = 0x1;

    public static final int PARMRK = 0x8;

    public static final int PENDIN = 0x4000;

    public static final int TCIFLUSH = 0x0;
    public static final int TCIOFF = 0x2;
    public static final int TCIOFLUSH = 0x2;
    public static final int TCION = 0x3;

    public static final int TCOFLUSH = 0x1;
    public static final int TCOOFF = 0x0;
    public static final int TCOON = 0x1;

    public static final int TIOCPKT_DATA = 0x0;
    public static final int TIOCPKT_FLUSHREAD = 0x1;
    public static final int TIOCPKT_FLUSHWRITE = 0x2;
    public static final int TIOCPKT_STOP = 0x4;
    public static final int TIOCPKT_START = 0x8;
    public static final int TIOCPKT_NOSTOP = 0x10;
    public static final int TIOCPKT_DOSTOP = 0x20;
    public static final int TIOCPKT_IOCTL = 0x40;

    public static final int TOSTOP = 0x100;

    public static final int VDISCARD = 0xd;

    public static final int VEOF = 0x4;
    public static final int VEOL = 0xb;
    public static final int VEOL2 = 0x10;

    public static final int VERASE = 0x2;

    public static final int VINTR = 0x0;

    public static final int VKILL = 0x3;

    public static final int VLNEXT = 0xf;

    public static final int VMIN = 0x6;

    public static final int VQUIT = 0x1;

    public static final int VREPRINT = 0xc;

    public static final int VSTART = 0x8;
    public static final int VSTOP = 0x9;

    public static final int VSUSP = 0xa;

    public static final int VSWTC = 0x7;

    public static final int VTIME = 0x5;

    public static final int VWERASE = 0xe;

    public static final int XCASE = 0x4;
}
