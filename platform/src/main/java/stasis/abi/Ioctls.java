package stasis.abi;

/** {@code include/uapi/asm-generic/ioctls.h} and {@code include/uapi/linux/sockios.h}. */
public final class Ioctls {
    private Ioctls() {}

    public static final int FIOASYNC = 0x5452;
    public static final int FIOCLEX = 0x5451;
    public static final int FIOGETOWN = 0x8903;
    public static final int FIONBIO = 0x5421;
    public static final int FIONCLEX = 0x5450;
    public static final int FIONREAD = 0x541b;
    public static final int FIOQSIZE = 0x5460;
    public static final int FIOSETOWN = 0x8901;

    public static final int SIOCATMARK = 0x8905;
    public static final int SIOCGIFADDR = 0x8915;
    public static final int SIOCGIFBR = 0x8940;
    public static final int SIOCGIFBRDADDR = 0x8919;
    public static final int SIOCGIFCONF = 0x8912;
    public static final int SIOCGIFCOUNT = 0x8938;
    public static final int SIOCGIFDSTADDR = 0x8917;
    public static final int SIOCGIFENCAP = 0x8925;
    public static final int SIOCGIFFLAGS = 0x8913;
    public static final int SIOCGIFHWADDR = 0x8927;
    public static final int SIOCGIFINDEX = 0x8933;
    public static final int SIOCGIFMAP = 0x8970;
    public static final int SIOCGIFMEM = 0x891f;
    public static final int SIOCGIFMETRIC = 0x891d;
    public static final int SIOCGIFMTU = 0x8921;
    public static final int SIOCGIFNAME = 0x8910;
    public static final int SIOCGIFNETMASK = 0x891b;
    public static final int SIOCGIFPFLAGS = 0x8935;
    public static final int SIOCGIFSLAVE = 0x8929;
    public static final int SIOCGIFTXQLEN = 0x8942;
    public static final int SIOCGIFVLAN = 0x8982;
    public static final int SIOCGPGRP = 0x8904;
    public static final int SIOCGSTAMP = 0x8906;

    public static final int SIOCGSTAMP_OLD = 0x8906;
    public static final long SIOCGSTAMP_NEW = 0x80108906L;

    public static final int SIOCGSTAMPNS = 0x8907;

    public static final int SIOCGSTAMPNS_OLD = 0x8907;
    public static final long SIOCGSTAMPNS_NEW = 0x80108907L;

    public static final int SIOCINQ = 0x541b;
    public static final int SIOCOUTQ = 0x5411;
    public static final int SIOCOUTQNSD = 0x894b;
    public static final int SIOCSIFADDR = 0x8916;
    public static final int SIOCSIFBR = 0x8941;
    public static final int SIOCSIFBRDADDR = 0x891a;
    public static final int SIOCSIFDSTADDR = 0x8918;
    public static final int SIOCSIFENCAP = 0x8926;
    public static final int SIOCSIFFLAGS = 0x8914;
    public static final int SIOCSIFHWADDR = 0x8924;
    public static final int SIOCSIFHWBROADCAST = 0x8937;
    public static final int SIOCSIFLINK = 0x8911;
    public static final int SIOCSIFMAP = 0x8971;
    public static final int SIOCSIFMEM = 0x8920;
    public static final int SIOCSIFMETRIC = 0x891e;
    public static final int SIOCSIFMTU = 0x8922;
    public static final int SIOCSIFNAME = 0x8923;
    public static final int SIOCSIFNETMASK = 0x891c;
    public static final int SIOCSIFPFLAGS = 0x8934;
    public static final int SIOCSIFSLAVE = 0x8930;
    public static final int SIOCSIFTXQLEN = 0x8943;
    public static final int SIOCSIFVLAN = 0x8983;
    public static final int SIOCSPGRP = 0x8902;

    public static final int TCFLSH = 0x540b;

    public static final int TCGETS = 0x5401;

    public static final int TCSBRK = 0x5409;
    public static final int TCSBRKP = 0x5425;
    public static final int TCSETS = 0x5402;
    public static final int TCSETSF = 0x5404;
    public static final int TCSETSW = 0x5403;

    public static final int TCXONC = 0x540a;

    public static final int TIOCCBRK = 0x5428;
    public static final int TIOCCONS = 0x541d;
    public static final int TIOCEXCL = 0x540c;
    public static final long TIOCGDEV = 0x80045432L;
    public static final int TIOCGETD = 0x5424;
    public static final long TIOCGEXCL = 0x80045440L;
    public static final int TIOCGICOUNT = 0x545d;
    public static final int TIOCGLCKTRMIOS = 0x5456;
    public static final int TIOCGPGRP = 0x540f;
    public static final long TIOCGPKT = 0x80045438L;
    public static final long TIOCGPTLCK = 0x80045439L;
    public static final long TIOCGPTN = 0x80045430L;
    public static final int TIOCGPTPEER = 0x5441;
    public static final int TIOCGRS485 = 0x542e;
    public static final int TIOCGSERIAL = 0x541e;
    public static final int TIOCGSID = 0x5429;
    public static final int TIOCGSOFTCAR = 0x5419;
    public static final int TIOCGWINSZ = 0x5413;
    public static final int TIOCINQ = 0x541b;
    public static final int TIOCLINUX = 0x541c;

    public static final int TIOCM_LE = 0x1;
    public static final int TIOCM_DTR = 0x2;
    public static final int TIOCM_RTS = 0x4;
    public static final int TIOCM_ST = 0x8;
    public static final int TIOCM_SR = 0x10;
    public static final int TIOCM_CTS = 0x20;
    public static final int TIOCM_CAR = 0x40;
    public static final int TIOCM_CD = 0x40;
    public static final int TIOCM_RI = 0x80;
    public static final int TIOCM_RNG = 0x80;
    public static final int TIOCM_DSR = 0x100;

    public static final int TIOCMBIC = 0x5417;
    public static final int TIOCMBIS = 0x5416;
    public static final int TIOCMGET = 0x5415;
    public static final int TIOCMIWAIT = 0x545c;
    public static final int TIOCMSET = 0x5418;
    public static final int TIOCNOTTY = 0x5422;
    public static final int TIOCNXCL = 0x540d;
    public static final int TIOCOUTQ = 0x5411;

    public static final int TIOCPKT_DATA = 0x0;
    public static final int TIOCPKT_FLUSHREAD = 0x1;
    public static final int TIOCPKT_FLUSHWRITE = 0x2;
    public static final int TIOCPKT_STOP = 0x4;
    public static final int TIOCPKT_START = 0x8;
    public static final int TIOCPKT_NOSTOP = 0x10;
    public static final int TIOCPKT_DOSTOP = 0x20;
    public static final int TIOCPKT_IOCTL = 0x40;

    public static final int TIOCPKT = 0x5420;
    public static final int TIOCSBRK = 0x5427;
    public static final int TIOCSCTTY = 0x540e;

    public static final int TIOCSER_TEMT = 0x1;

    public static final int TIOCSERCONFIG = 0x5453;
    public static final int TIOCSERGETLSR = 0x5459;
    public static final int TIOCSERGETMULTI = 0x545a;
    public static final int TIOCSERGSTRUCT = 0x5458;
    public static final int TIOCSERGWILD = 0x5454;
    public static final int TIOCSERSETMULTI = 0x545b;
    public static final int TIOCSERSWILD = 0x5455;
    public static final int TIOCSETD = 0x5423;
    public static final long TIOCSIG = 0x40045436L;
    public static final int TIOCSLCKTRMIOS = 0x5457;
    public static final int TIOCSPGRP = 0x5410;
    public static final long TIOCSPTLCK = 0x40045431L;
    public static final int TIOCSRS485 = 0x542f;
    public static final int TIOCSSERIAL = 0x541f;
    public static final int TIOCSSOFTCAR = 0x541a;
    public static final int TIOCSTI = 0x5412;
    public static final int TIOCSWINSZ = 0x5414;
    public static final int TIOCVHANGUP = 0x5437;
}
