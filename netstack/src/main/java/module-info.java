/** A TCP/IP stack without a thread, a clock or a socket API of its own. */
module stasis.netstack {
    requires stasis.state;
    requires static org.jspecify;

    exports stasis.net;
    exports stasis.net.icmp;
    exports stasis.net.ip;
    exports stasis.net.link;
    exports stasis.net.port;
    exports stasis.net.raw;
    exports stasis.net.stack;
    exports stasis.net.tcp;
    exports stasis.net.time;
    exports stasis.net.udp;
    exports stasis.net.wire;
}
