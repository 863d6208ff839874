/** An application kernel: Linux as programs see it, as one object graph that can be saved. */
@SuppressWarnings("module") // stasis.cli is built later
module stasis.kernel {
    requires transitive stasis.state;
    requires transitive stasis.platform;
    requires transitive stasis.netstack;
    requires transitive stasis.gofer;
    requires static org.jspecify;

    exports stasis.kernel to
            stasis.cli;
    exports stasis.kernel.auth to
            stasis.cli;
    exports stasis.kernel.caller to
            stasis.cli;
    exports stasis.kernel.fs.dev to
            stasis.cli;
    exports stasis.kernel.fs.gofer to
            stasis.cli;
    exports stasis.kernel.fs.host to
            stasis.cli;
    exports stasis.kernel.fs.overlay to
            stasis.cli;
    exports stasis.kernel.fs.proc to
            stasis.cli;
    exports stasis.kernel.fs.tmpfs to
            stasis.cli;
    exports stasis.kernel.limits to
            stasis.cli;
    exports stasis.kernel.fs.tty to
            stasis.cli;
    exports stasis.kernel.lock to
            stasis.cli;
    exports stasis.kernel.mem to
            stasis.cli;
    exports stasis.kernel.net to
            stasis.cli;
    exports stasis.kernel.signal to
            stasis.cli;
    exports stasis.kernel.syscall to
            stasis.cli;
    exports stasis.kernel.task to
            stasis.cli;
    exports stasis.kernel.time to
            stasis.cli;
    exports stasis.kernel.vfs to
            stasis.cli;
    exports stasis.kernel.wait to
            stasis.cli;
}
