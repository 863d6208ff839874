package stasis.state;

/** The closed table of classes that may appear in a snapshot. Anything else is refused, both ways. */
public final class SavedTypes {}
