package stasis.kernel.fs.pidfd;

import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;

import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.Saved;

/** A process, pidfd_open(2). Readable once it has ended. */
@Saved("pidfd.Pidfd")
public final class Pidfd implements FileImpl {
    private Inode inode;
    private ThreadGroup group;

    @SuppressWarnings("NullAway.Init")
    private Pidfd() {}

    public Pidfd(Inode inode, ThreadGroup group) {
        this.inode = inode;
        this.group = group;
    }

    public ThreadGroup group() {
        return group;
    }

    @Override
    public int readiness() {
        return group.isZombie() ? POLLIN | POLLRDNORM : 0;
    }

    @Override
    public WaitQueue waitQueue() {
        return group.exitEvents();
    }

    @Override
    public Inode inode() {
        return inode;
    }
}
