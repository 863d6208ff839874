package stasis.arch.asm;

/** A place in the code of one {@link Assembler}, used before or after it is bound. */
public final class Label {
    int at = -1;

    public Label() {}

    /** Offset in the code. Precondition: bound. */
    public int offset() {
        if (at < 0) throw new IllegalStateException("label not bound");
        return at;
    }
}
