package stasis.kernel.syscall;

import org.jspecify.annotations.Nullable;

/** Number to name, handler and level of support. Filled once, then only read. */
public final class SyscallTable {
    /** One beyond the highest number. */
    public static final int SIZE = 470;

    /** How much of a call there is. */
    public enum Support {
        FULL,
        PARTIAL,
        ABSENT
    }

    /**
     * @param handler null if the call is absent
     * @param note what is missing, or why the call is absent; empty for a full one
     */
    public record Line(
            int number,
            String name,
            @Nullable SyscallHandler handler,
            Support support,
            String note) {}

    private final @Nullable Line[] lines = new Line[SIZE];

    public SyscallTable() {}

    /** A call that does all that the manual says. */
    public SyscallTable on(int number, String name, SyscallHandler handler) {
        return add(new Line(number, name, handler, Support.FULL, ""));
    }

    /** A call of which {@code note} is missing. */
    public SyscallTable partial(int number, String name, SyscallHandler handler, String note) {
        return add(new Line(number, name, handler, Support.PARTIAL, note));
    }

    /** A call that fails with ENOSYS because of {@code note}. */
    public SyscallTable absent(int number, String name, String note) {
        return add(new Line(number, name, null, Support.ABSENT, note));
    }

    private SyscallTable add(Line line) {
        if (lines[line.number] != null) {
            throw new IllegalStateException("two lines for " + line.number + ": " + line.name);
        }
        lines[line.number] = line;
        return this;
    }

    /** Null for a number that Linux does not have. */
    public @Nullable Line line(long number) {
        return number >= 0 && number < SIZE ? lines[(int) number] : null;
    }
}
