package stasis.kernel.task;

import stasis.abi.Le;
import stasis.abi.Poll;
import stasis.kernel.wait.WaitQueue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;

/**
 * What tells this kernel from every other one, also from those that were restored from the same
 * image. Never saved: every kernel that is started, restored, forked or claimed has another one.
 */
public final class Identity {
    private final WaitQueue changes = new WaitQueue();
    private volatile String generation = "";
    private volatile String bootId = "";
    private volatile List<String> environment = List.of();

    /** Before anything of the guest runs. */
    void renew(RandomSource random) {
        generation = uuid(random).replace("-", "");
        bootId = uuid(random);
    }

    /** 32 hexadecimal digits. */
    public String generation() {
        return generation;
    }

    /** random(4), boot_id. */
    public String bootId() {
        return bootId;
    }

    /** {@code NAME=value}: what whoever made this clone says to its programs. */
    public List<String> environment() {
        return environment;
    }

    public void setEnvironment(List<String> given) {
        environment = List.copyOf(given);
    }

    /** Where {@link #announce} is heard. */
    public WaitQueue changes() {
        return changes;
    }

    /** After a restore: whoever kept an eye on the generation is told that it is another one. */
    public void announce() {
        changes.wake(Poll.POLLPRI | Poll.POLLERR);
    }

    /** A random UUID, version 4. */
    public static String uuid(RandomSource random) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
        random.fill(bytes, 0, 16);
        long high = (Le.getLong(bytes, 0) & ~0xf000L) | 0x4000;
        long low = (Le.getLong(bytes, 8) & (-1L >>> 2)) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }
}
