package stasis.kernel.syscall.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import stasis.kernel.syscall.SyscallTable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

class LinuxX64Test {
    /** Linux has no calls from 335 to 423. */
    @Test
    void everySyscallNumberHasALine() {
        SyscallTable table = LinuxX64.table();
        List<Integer> missing = new ArrayList<>();
        IntStream.concat(IntStream.rangeClosed(0, 334), IntStream.rangeClosed(424, 462))
                .filter(number -> table.line(number) == null)
                .forEach(missing::add);
        assertEquals(List.of(), missing);
    }

    @Test
    void whatIsNotFullSaysWhatIsMissing() {
        SyscallTable table = LinuxX64.table();
        List<String> silent = new ArrayList<>();
        for (int number = 0; number < SyscallTable.SIZE; number++) {
            SyscallTable.Line line = table.line(number);
            if (line == null || line.support() == SyscallTable.Support.FULL) continue;
            if (line.note().isBlank()) silent.add(line.name());
        }
        assertEquals(List.of(), silent);
    }
}
