package stasis.kernel.fs.epoll;

/** Takes what is ready. */
@FunctionalInterface
public interface EpollSink {
    /**
     * @param data {@code epoll_data}
     */
    void event(int events, long data);
}
