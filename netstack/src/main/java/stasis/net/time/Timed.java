package stasis.net.time;

import stasis.state.NotSaved;

/** Something that wants to be called at a time. It keeps its place in the queue itself. */
public abstract class Timed {
    /** A deadline that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    @NotSaved("the owner schedules itself again")
    long queuedFor = NEVER;

    @NotSaved("not queued")
    int place = -1;

    /**
     * The deadline it was queued for has passed, perhaps a later one has taken its place. Queues
     * itself again for what is left.
     */
    protected abstract void timePassed(long nowNanos);
}
