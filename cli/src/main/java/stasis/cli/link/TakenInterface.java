package stasis.cli.link;

/** An interface that the sandbox has now, and its frames. */
record TakenInterface(HostInterface as, EthernetDevice device) {}
