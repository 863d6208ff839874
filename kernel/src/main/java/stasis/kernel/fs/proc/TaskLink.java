package stasis.kernel.fs.proc;

import org.jspecify.annotations.Nullable;

import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;
import stasis.state.Saved;

import java.util.Locale;

/** {@code /proc/pid/cwd}, {@code root} and {@code exe}. */
@Saved("proc.TaskLink")
final class TaskLink extends MagicLink {
    enum Kind {
        CWD,
        ROOT,
        EXE;

        String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Kind kind;

    @SuppressWarnings("NullAway.Init")
    private TaskLink() {}

    TaskLink(ProcFilesystem filesystem, Task task, Kind kind) {
        super(filesystem, task);
        this.kind = kind;
    }

    @Override
    @Nullable Path target() {
        return switch (kind) {
            case CWD -> task().fs().cwd();
            case ROOT -> task().fs().root();
            case EXE -> {
                FileDescription file = task().mm().executable();
                yield file == null ? null : file.path();
            }
        };
    }
}
