package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What an injected call carries above its arguments in r8 and r10; see the package comment. */
public record StubSecrets(int first, int second) {
    public static StubSecrets random() throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_INT, 2);
            long n = Host.syscall(Nr.GETRANDOM, bytes.address(), 8, 0);
            if (n != 8) throw new HostException("getrandom(8)", (int) -n);
            return new StubSecrets(bytes.getAtIndex(JAVA_INT, 0), bytes.getAtIndex(JAVA_INT, 1));
        }
    }

    public long r8(int argument) {
        return (long) first << 32 | argument & 0xffff_ffffL;
    }

    public long r10(int argument) {
        return (long) second << 32 | argument & 0xffff_ffffL;
    }

    /** A record's own would print them. */
    @Override
    public String toString() {
        return "StubSecrets";
    }
}
