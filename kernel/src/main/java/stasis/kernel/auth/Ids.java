package stasis.kernel.auth;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;

import stasis.abi.ErrnoException;
import stasis.state.Saved;

/**
 * The four user ids of a process, or its four group ids, credentials(7): the rules of changing them
 * are the same.
 *
 * @param fs what files are accessed with; follows {@code effective}
 */
@Saved("auth.Ids")
public record Ids(int real, int effective, int saved, int fs) {
    /** For "leave it as it is". */
    private static final int SAME = -1;

    public static Ids of(int id) {
        return new Ids(id, id, id, id);
    }

    /** As access(2) looks. */
    public Ids forAccess() {
        return new Ids(real, effective, saved, real);
    }

    /** After execve(2). */
    public Ids becoming(int id) {
        return new Ids(real, id, id, id);
    }

    public boolean anyIs(int id) {
        return real == id || effective == id || saved == id;
    }

    private boolean mayBe(int id) {
        return id == SAME || anyIs(id);
    }

    private static Ids changed(int real, int effective, int saved) {
        return new Ids(real, effective, saved, effective);
    }

    /** setuid(2), setgid(2). */
    public Ids set(int id, boolean privileged) throws ErrnoException {
        if (id == SAME) throw EINVAL.exception();
        if (privileged) return of(id);
        if (id != real && id != saved) throw EPERM.exception();
        return changed(real, id, saved);
    }

    /** setreuid(2), setregid(2). */
    public Ids set(int newReal, int newEffective, boolean privileged) throws ErrnoException {
        if (!privileged) {
            boolean realIsKnown = newReal == SAME || newReal == real || newReal == effective;
            if (!realIsKnown || !mayBe(newEffective)) throw EPERM.exception();
        }
        int r = newReal == SAME ? real : newReal;
        int e = newEffective == SAME ? effective : newEffective;
        boolean save = newReal != SAME || (newEffective != SAME && newEffective != real);
        return changed(r, e, save ? e : saved);
    }

    /** setresuid(2), setresgid(2). */
    public Ids set(int newReal, int newEffective, int newSaved, boolean privileged)
            throws ErrnoException {
        boolean allowed = mayBe(newReal) && mayBe(newEffective) && mayBe(newSaved);
        if (!allowed && !privileged) throw EPERM.exception();
        return changed(
                newReal == SAME ? real : newReal,
                newEffective == SAME ? effective : newEffective,
                newSaved == SAME ? saved : newSaved);
    }

    /** setfsuid(2), setfsgid(2), which say nothing if it is not allowed. */
    public Ids setFs(int id, boolean privileged) {
        boolean allowed = id != SAME && (anyIs(id) || id == fs || privileged);
        return allowed ? new Ids(real, effective, saved, id) : this;
    }
}
