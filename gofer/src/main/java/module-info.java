/** The file proxy: 9P2000.L, its server, and the client that the kernel holds. */
module stasis.gofer {
    requires transitive stasis.platform;
    requires static org.jspecify;

    exports stasis.gofer.protocol;
    exports stasis.gofer.client;
    exports stasis.gofer.server to
            stasis.cli;
}
