package stasis.kernel.task;

import stasis.abi.RestartException;
import stasis.state.Saved;

/**
 * A system call that was interrupted and has no result yet. If no handler runs it is made again
 * from the unchanged registers; its number is still in ORIG_RAX.
 *
 * @param deadline guest time at which it gives up, for calls that got a duration
 * @param progress bytes already done
 */
@Saved("task.Restart")
public record Restart(RestartException.Kind kind, long deadline, long progress) {}
