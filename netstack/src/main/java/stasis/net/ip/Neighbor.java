package stasis.net.ip;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketQueue;
import stasis.net.time.Timed;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

/**
 * Where on the link an address is, and how sure we are: the states of RFC 4861 7.3.2, for ARP as
 * well, as Linux has it.
 */
@Saved("net.Neighbor")
public final class Neighbor extends Timed {
    /** RFC 4861 7.3.2. FAILED: nobody answered; the next packet asks again. */
    public enum Reachability {
        INCOMPLETE,
        REACHABLE,
        STALE,
        DELAY,
        PROBE,
        FAILED,
        PERMANENT
    }

    private static final int PENDING = 64;
    private static final int MAX_SOLICITATIONS = 3;
    private static final long RETRANS_NANOS = 1_000_000_000L;
    private static final long REACHABLE_NANOS = 30_000_000_000L;
    private static final long DELAY_NANOS = 5_000_000_000L;

    private Neighbors table;
    private IpAddress address;
    private long link;
    private Reachability state = Reachability.FAILED;
    private int solicitations;
    private long deadline = NEVER;
    private PacketQueue pending = new PacketQueue(PENDING);

    @SuppressWarnings("NullAway.Init") // for a restore
    private Neighbor() {}

    Neighbor(Neighbors table, IpAddress address) {
        this.table = table;
        this.address = address;
    }

    public IpAddress address() {
        return address;
    }

    /** Its link address; meaningful unless INCOMPLETE or FAILED. */
    public long link() {
        return link;
    }

    public Reachability state() {
        return state;
    }

    boolean isBusy() {
        return state == Reachability.PERMANENT || !pending.isEmpty();
    }

    void send(PacketBuffer packet) {
        switch (state) {
            case REACHABLE, DELAY, PROBE, PERMANENT -> table.transmit(packet, link);
            case STALE -> {
                become(Reachability.DELAY, DELAY_NANOS);
                table.transmit(packet, link);
            }
            case INCOMPLETE -> pending.offer(packet);
            case FAILED -> {
                pending.offer(packet);
                solicitations = 0;
                become(Reachability.INCOMPLETE, 0);
                solicit();
            }
        }
    }

    /** A message named its link address; {@code solicited}: in answer to our question. */
    void learn(long newLink, boolean solicited) {
        if (state == Reachability.PERMANENT) return;
        boolean changed =
                link != newLink || state == Reachability.INCOMPLETE || state == Reachability.FAILED;
        link = newLink;
        if (solicited) {
            become(Reachability.REACHABLE, REACHABLE_NANOS);
        } else if (changed) {
            become(Reachability.STALE, NEVER);
        }
        flush();
    }

    /** A layer above heard from it. */
    void confirm() {
        boolean doubted =
                state == Reachability.STALE
                        || state == Reachability.DELAY
                        || state == Reachability.PROBE;
        if (doubted || state == Reachability.REACHABLE)
            become(Reachability.REACHABLE, REACHABLE_NANOS);
    }

    void makePermanent(long newLink) {
        link = newLink;
        become(Reachability.PERMANENT, NEVER);
        flush();
    }

    void forget() {
        pending.clear();
        table.context().timers().remove(this);
    }

    @Override
    protected void timePassed(long nowNanos) {
        if (nowNanos < deadline) {
            schedule();
            return;
        }
        switch (state) {
            case REACHABLE -> become(Reachability.STALE, NEVER);
            case DELAY -> {
                solicitations = 0;
                become(Reachability.PROBE, 0);
                solicit();
            }
            case INCOMPLETE, PROBE -> {
                if (solicitations < MAX_SOLICITATIONS) solicit();
                else fail();
            }
            case STALE, FAILED, PERMANENT -> {}
        }
    }

    private void solicit() {
        solicitations++;
        deadline = table.context().now() + RETRANS_NANOS;
        schedule();
        table.solicit(address, state == Reachability.PROBE ? link : 0);
    }

    private void fail() {
        become(Reachability.FAILED, NEVER);
        PacketBuffer packet;
        while ((packet = pending.poll()) != null) table.unreachable(packet);
    }

    private void flush() {
        PacketBuffer packet;
        while ((packet = pending.poll()) != null) table.transmit(packet, link);
    }

    private void become(Reachability next, long forNanos) {
        state = next;
        deadline = forNanos == NEVER ? NEVER : table.context().now() + forNanos;
        schedule();
    }

    private void schedule() {
        if (deadline != NEVER) table.context().timers().callBy(this, deadline);
    }

    @AfterRestore
    private void scheduleAgain(Restoration restoration) {
        restoration.ready(table);
        schedule();
    }
}
