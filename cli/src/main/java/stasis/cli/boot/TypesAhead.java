package stasis.cli.boot;

import stasis.kernel.KernelSavedTypes;
import stasis.state.SavedTypes;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The table of what an image may hold, made on a second core while a restore does what comes
 * before: it takes longer than to read the image.
 */
final class TypesAhead {
    private final FutureTask<SavedTypes> made = new FutureTask<>(KernelSavedTypes::all);

    private TypesAhead() {}

    static TypesAhead start() {
        TypesAhead ahead = new TypesAhead();
        Thread.ofPlatform().daemon().name("types-ahead").start(ahead.made);
        return ahead;
    }

    SavedTypes get() throws InterruptedException {
        try {
            return made.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
