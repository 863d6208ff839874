package stasis.cli.command;

import stasis.cli.boot.Platforms;
import stasis.host.setup.HostSetup;
import stasis.host.setup.HostSetup.Answer;

import java.util.ArrayList;
import java.util.List;

/** What {@code compat --host} prints: what this host offers, and which platform works here. */
final class HostReport {
    /** Descriptors of a sandbox with many files; runc's default for a container is as much. */
    private static final long MANY_FILES = 4096;

    private static final long MANY_THREADS = 4096;

    private final List<String[]> rows = new ArrayList<>();

    private HostReport() {}

    static String text() {
        HostSetup host = new HostSetup();
        HostReport report = new HostReport();
        report.row("HOST", "", "");
        report.row("kernel", "", host.kernel());
        report.answer("seccomp: RET_TRAP", host.seccompAction(HostSetup.SECCOMP_RET_TRAP));
        report.answer("seccomp: RET_TRACE", host.seccompAction(HostSetup.SECCOMP_RET_TRACE));
        report.answer("seccomp: USER_NOTIF", host.seccompAction(HostSetup.SECCOMP_RET_USER_NOTIF));
        report.answer("ptrace", host.ptraceScope());
        report.answer("KVM", host.kvm());
        report.answer("FSGSBASE", host.fsgsbase());
        report.answer("user namespaces", host.userNamespaces());
        report.answer("rights", host.rights());
        report.answer("open files", host.limit(HostSetup.RLIMIT_NOFILE, MANY_FILES));
        report.answer("processes", host.limit(HostSetup.RLIMIT_NPROC, MANY_THREADS));
        report.platforms();
        return Table.of(report.rows);
    }

    private void platforms() {
        row("PLATFORM", "", "");
        String standard = Platforms.standard();
        Platforms.unavailable()
                .forEach(
                        (name, reason) -> {
                            String use = name.equals(standard) ? "used if none is named" : "";
                            if (reason.isEmpty()) row(name, "ok", use);
                            else row(name, "no", reason);
                        });
    }

    private void answer(String what, Answer answer) {
        row(what, answer.good() ? "ok" : "no", answer.text());
    }

    private void row(String... columns) {
        rows.add(columns);
    }
}
