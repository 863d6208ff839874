package stasis.net;

/** Where the stack's randomness comes from: secrets, first ports, jitter. Given in at start. */
public interface Entropy {
    long nextLong();
}
