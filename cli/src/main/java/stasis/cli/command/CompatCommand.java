package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.kernel.Kernel;
import stasis.kernel.syscall.SyscallTable;

import java.util.ArrayList;
import java.util.List;

final class CompatCommand extends Command {
    CompatCommand() {
        super("prints every system call of Linux on x86-64, and how much of it there is");
    }

    @Override
    protected void define(CommandSpec spec) {
        flag(spec, "--host", "prints what this host offers, and which platforms work on it");
    }

    @Override
    public int run(Arguments a) {
        if (a.flag("--host")) {
            System.out.print(HostReport.text());
            return 0;
        }
        SyscallTable table = Kernel.calls(null).table();
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"NR", "CALL", "SUPPORT", "NOTE"});
        for (int number = 0; number < SyscallTable.SIZE; number++) {
            SyscallTable.Line line = table.line(number);
            if (line == null) continue;
            String support = line.support().name().toLowerCase(java.util.Locale.ROOT);
            rows.add(new String[] {Integer.toString(number), line.name(), support, line.note()});
        }
        System.out.print(Table.of(rows));
        return 0;
    }
}
