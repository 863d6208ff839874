package stasis.net.link;

import stasis.state.Saved;

/** Repeatable chance: SplitMix64. Not for secrets. */
@Saved("net.Dice")
final class Dice {
    private long state;

    private Dice() {}

    Dice(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9e3779b97f4a7c15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** 0..bound-1. */
    int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    boolean perMille(int chance) {
        return below(1000) < chance;
    }
}
