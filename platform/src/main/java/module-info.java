/** Runs guest code: knows registers and pages, not tasks and files. */
module stasis.platform {
    requires transitive stasis.state;
    requires com.sun.jna;
    requires static org.jspecify;

    exports stasis.abi;
    exports stasis.arch;
    exports stasis.platform;

    uses stasis.platform.PlatformProvider;
}
