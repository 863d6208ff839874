package stasis.state.image;

/** Told when a part of saving or restoring is done, by whoever wants to know how long it takes. */
public interface Phases {
    Phases NONE = _ -> {};

    void done(String phase);
}
