package stasis.kernel.task;

import static stasis.abi.Signal.SIGKILL;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.arch.Registers;
import stasis.kernel.mm.PageFault;
import stasis.kernel.signal.SignalInfo;
import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;
import stasis.platform.Stop;
import stasis.state.pages.LostPagesException;

/**
 * What a task's thread does all its life: run user code, take the stop, do it, repeat. Nothing of
 * importance lives on this stack: a checkpoint parks the thread at the top of the loop, where
 * registers, {@link Task#restart} and {@link Task#vforkChild} say all there is.
 *
 * <pre>
 *   ┌─► to exit? ──► end
 *   │   paused? ──► park (checkpoint)
 *   │   stopped? ──► wait for SIGCONT
 *   │   signal? ──► frame for a handler, or the default action
 *   │   interrupted call? ──► make it again
 *   │   vfork child? ──► wait for it
 *   │   user code ──► Syscall │ PageFault │ Fault │ Interrupted
 *   └───────────────────┘
 * </pre>
 */
final class TaskRun {
    private final Task task;
    private final Machine machine;

    TaskRun(Task task) {
        this.task = task;
        this.machine = task.machine();
    }

    void run() {
        try (ExecutionContext context = machine.platform().openContext()) {
            task.attach(context);
            begin();
            while (!task.mustExit() && !machine.tasks().abandoned()) step(context);
            task.detach();
            if (!machine.tasks().abandoned()) TaskExit.finish(task);
        } catch (PlatformException e) {
            task.detach();
            TaskExit.exitGroup(task.group(), SIGKILL);
            TaskExit.finish(task);
        } catch (LostPagesException e) {
            // Who restored this kernel has been told why, and ends it. This task can only stop.
            task.detach();
        } finally {
            machine.tasks().threadEnded();
        }
    }

    private void begin() {
        long addr = task.setChildTid;
        if (addr == 0) return;
        task.setChildTid = 0;
        try {
            task.memory().writeInt(addr, task.tid());
        } catch (ErrnoException e) {
            // Like Linux, which ignores a bad address here too.
        }
    }

    private void step(ExecutionContext context) {
        if (task.attention && !attended(context)) return;
        if (task.restart != null) {
            redo();
            return;
        }
        if (task.vforkChild != null) {
            TaskClone.waitForVfork(task);
            return;
        }
        task.inGuest = true;
        if (task.attention) {
            task.inGuest = false;
            return;
        }
        Stop stop = runUser(context);
        task.inGuest = false;
        handle(stop);
    }

    /** No switch: over types it would link itself at first use, 5 ms of every start. */
    private void handle(Stop stop) {
        if (stop instanceof Stop.Syscall) {
            call(null);
        } else if (stop instanceof Stop.PageFault fault) {
            pageFault(fault);
        } else if (stop instanceof Stop.Fault fault) {
            task.registers().set(Registers.ORIG_RAX, -1);
            SignalInfo info = SignalInfo.fault(fault.signal(), fault.code(), fault.addr());
            SignalSend.force(task, info);
        } else if (stop instanceof Stop.Exited) {
            stubGone();
        }
    }

    /**
     * CPU time is the time in user code; what the kernel spends on a task's calls is not counted.
     */
    private Stop runUser(ExecutionContext context) {
        long start = machine.clock().now();
        Stop stop = context.run(task.mm().space(), task.registers());
        task.addCpuTime(Math.max(0, machine.clock().now() - start), 0);
        return stop;
    }

    private void redo() {
        Restart restart = task.restart;
        task.restart = null;
        call(restart);
    }

    private void call(@Nullable Restart earlier) {
        task.startCall(earlier);
        machine.syscalls().call(task);
        if (task.restart == null) task.restoreMask();
    }

    private void pageFault(Stop.PageFault fault) {
        Registers r = task.registers();
        r.set(Registers.ORIG_RAX, -1);
        PageFault.Outcome outcome =
                PageFault.resolve(
                        task.mm(),
                        task.limits(),
                        fault.addr(),
                        fault.present(),
                        r.get(Registers.RIP));
        if (outcome.signal() == 0) return;
        if (outcome.signal() == SIGKILL) {
            TaskExit.exitGroup(task.group(), SIGKILL);
            return;
        }
        SignalSend.force(task, SignalInfo.fault(outcome.signal(), outcome.code(), fault.addr()));
    }

    /** The host has killed the stub (out of memory, or somebody outside). */
    private void stubGone() {
        if (!task.mustExit()) TaskExit.exitGroup(task.group(), SIGKILL);
    }

    /** Does what there is to do before user code; false if the loop must look again. */
    private boolean attended(ExecutionContext context) {
        task.attention = false;
        if (machine.tasks().paused()) {
            context.loadFpu(task.registers());
            machine.tasks().park(task);
            task.attention = true;
            return false;
        }
        if (TaskStop.stopIfAsked(task)) {
            task.attention = true;
            return false;
        }
        boolean handled = TaskSignals.deliver(task, context);
        if (task.mustExit()) return false;
        if (task.restart == null && !handled) task.restoreMask();
        if (task.attention && task.interruptPending()) return false;
        return true;
    }
}
