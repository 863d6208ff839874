package stasis.snapshots;

import stasis.platform.PlatformProvider;
import stasis.platform.ptrace.PtraceProvider;
import stasis.platform.systrap.SystrapProvider;

/** What runs the guest programs of the tests: {@code -Dstasis.platform=ptrace|systrap}. */
final class TestPlatform {
    private TestPlatform() {}

    static PlatformProvider provider() {
        String name = System.getProperty("stasis.platform", "systrap");
        return switch (name) {
            case "ptrace" -> new PtraceProvider();
            case "systrap" -> new SystrapProvider();
            default -> throw new IllegalArgumentException("no platform " + name);
        };
    }
}
