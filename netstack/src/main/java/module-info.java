/** A TCP/IP stack without a thread, a clock or a socket API of its own. */
module stasis.netstack {
    requires stasis.state;
    requires static org.jspecify;

    exports stasis.net;
    exports stasis.net.link;
    exports stasis.net.time;
    exports stasis.net.wire;
}
