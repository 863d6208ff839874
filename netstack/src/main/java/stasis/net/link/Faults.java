package stasis.net.link;

import stasis.state.Saved;

/**
 * What a bad link does to packets that are sent. Chances are in thousandths. A reordered packet is
 * held back for up to {@code jitterNanos} beyond the delay while others pass it.
 */
@Saved("net.Faults")
public record Faults(
        int loss,
        int duplication,
        int corruption,
        int reordering,
        long delayNanos,
        long jitterNanos) {
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);

    public Faults {
        boolean chances = isChance(loss) && isChance(duplication);
        chances &= isChance(corruption) && isChance(reordering);
        if (!chances || delayNanos < 0 || jitterNanos < 0) {
            throw new IllegalArgumentException("no such faults");
        }
    }

    private static boolean isChance(int perMille) {
        return perMille >= 0 && perMille <= 1000;
    }
}
