package stasis.kernel.syscall.linux;

import stasis.kernel.syscall.SyscallTable;

/** The lines of pipes, events, sockets and terminals. */
final class IpcTable {
    private IpcTable() {}

    static void addTo(SyscallTable table) {
        table.on(22, "pipe", PipeSyscalls::pipe).on(293, "pipe2", PipeSyscalls::pipe2);
    }
}
