package stasis.platform.systrap;

import stasis.host.Host;

/** A stub thread that runs guest code, and is not traced. */
final class GuestThread {
    private static final int SIGURG = 23;
    private static final int ESRCH = 3;

    final Area area;
    final int tid;
    private final int tgid;

    GuestThread(Area area, int tgid, int tid) {
        this.area = area;
        this.tgid = tgid;
        this.tid = tid;
    }

    /** Any thread. Stops it if it is in user code, or before it enters that. */
    void kick() {
        area.requestStop();
        Host.tgkill(tgid, tid, SIGURG);
    }

    /** Threads that nobody traces vanish as soon as they are dead. */
    boolean isGone() {
        return Host.tgkill(tgid, tid, 0) == -ESRCH;
    }
}
