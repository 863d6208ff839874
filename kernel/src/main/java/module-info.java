/** An application kernel: Linux as programs see it, as one object graph that can be saved. */
module stasis.kernel {
    requires transitive stasis.state;
    requires transitive stasis.platform;
    requires stasis.netstack;
    requires transitive stasis.gofer;
    requires static org.jspecify;


}
