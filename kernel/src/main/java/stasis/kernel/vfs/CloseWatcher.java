package stasis.kernel.vfs;

/** Who forgets an open file when its last descriptor is closed: epoll's items. */
public interface CloseWatcher {
    /** Called once, with no lock held, before the file itself is released. */
    void closed(FileDescription file);
}
