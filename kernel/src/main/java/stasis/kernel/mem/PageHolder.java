package stasis.kernel.mem;

import java.util.function.IntPredicate;

/**
 * Who has pages mapped where user code touches them. What is shared between mappings and written in
 * place is never mapped from sealed memory, so that nobody sees it as it was.
 */
public interface PageHolder {
    /** {@link #sealed} comes soon: takes rights away that take long to be taken. */
    void prepare();

    /** No page may be written any more by user code, which does not run. */
    void sealed();

    /**
     * Pages may be written in place again.
     *
     * @param moved those that must not be mapped any more where they were, when this returns
     */
    void unsealed(IntPredicate moved);
}
