package stasis.cli.boot;

import stasis.cli.Failure;

/** What moves bytes into the sandbox and out of it, also while its programs stand still. */
interface Outside {
    /** Nothing in the sandbox changes by it until {@link #resume}, by the same thread. */
    void suspend() throws InterruptedException, Failure;

    void resume();
}
