/** Runs guest code: knows registers and pages, not tasks and files. */
@SuppressWarnings("module") // stasis.gofer and stasis.cli are built later
module stasis.platform {
    requires transitive stasis.state;
    requires com.sun.jna;
    requires static org.jspecify;

    exports stasis.abi;
    exports stasis.arch;
    exports stasis.platform;
    exports stasis.arch.asm;
    exports stasis.host to
            stasis.gofer,
            stasis.cli;
    exports stasis.host.setup to
            stasis.cli,
            com.sun.jna;

    uses stasis.platform.PlatformProvider;

    provides stasis.platform.PlatformProvider with
            stasis.platform.ptrace.PtraceProvider,
            stasis.platform.systrap.SystrapProvider;
}
