/** The command line: an OCI runtime, and the composition root. */
module stasis.cli {
    requires stasis.kernel;
    requires stasis.netstack;
    requires stasis.gofer;
    requires stasis.platform;
    requires stasis.state;
    requires info.picocli;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    uses stasis.platform.PlatformProvider;
}
