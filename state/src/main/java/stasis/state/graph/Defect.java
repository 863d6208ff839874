package stasis.state.graph;

import org.jspecify.annotations.Nullable;

/** On its way out of the object where something failed; each level adds its step of the path. */
final class Defect extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final StringBuilder path = new StringBuilder();

    Defect(String message) {
        super(message, null, false, false);
    }

    private Defect(String message, Throwable cause) {
        super(message, cause, false, false);
    }

    /** Wraps {@code failure} unless it is one already, and puts {@code step} before its path. */
    static Defect at(String step, Throwable failure) {
        Defect defect =
                switch (failure) {
                    case Defect d -> d;
                    case StackOverflowError _ -> new Defect("nested too deeply", failure);
                    case VirtualMachineError fatal -> throw fatal;
                    default -> new Defect(describe(failure), failure);
                };
        defect.path.insert(0, step);
        return defect;
    }

    String path() {
        return path.toString();
    }

    String why() {
        return String.valueOf(getMessage());
    }

    private static String describe(Throwable failure) {
        @Nullable String message = failure.getMessage();
        String name = failure.getClass().getSimpleName();
        return message == null ? name : name + ": " + message.lines().findFirst().orElse("");
    }
}
