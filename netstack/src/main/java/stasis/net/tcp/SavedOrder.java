package stasis.net.tcp;

import java.util.Comparator;

/** One order for the same connections, whatever order the table had them in. */
final class SavedOrder implements Comparator<TcpEndpoint> {
    static final SavedOrder INSTANCE = new SavedOrder();

    private static final Comparator<TcpEndpoint> ORDER =
            Comparator.comparing(TcpEndpoint::localAddress)
                    .thenComparingInt(TcpEndpoint::localPort)
                    .thenComparing(TcpEndpoint::remoteAddress)
                    .thenComparingInt(TcpEndpoint::remotePort);

    private SavedOrder() {}

    @Override
    public int compare(TcpEndpoint a, TcpEndpoint b) {
        return ORDER.compare(a, b);
    }
}
