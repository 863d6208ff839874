package stasis.net.tcp;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of TCP may appear in a snapshot. */
public final class TcpSavedTypes {
    private TcpSavedTypes() {}

    public static void addTo(SavedTypes types) {
        types.add(
                MethodHandles.lookup(),
                ByteRing.class,
                Cubic.class,
                InitialSequence.class,
                KeyedHash.class,
                ListenerTable.class,
                LossRecovery.class,
                Rack.class,
                ReceiveTuning.class,
                ReceivedRanges.class,
                Reno.class,
                RttEstimator.class,
                SentSegments.class,
                SynCookies.class,
                TailProbe.class,
                TcpCounters.class,
                TcpEndpoint.class,
                TcpListener.class,
                TcpProtocol.class,
                TcpReceiver.class,
                TcpSender.class,
                TcpSettings.class,
                TcpSocketOptions.class,
                TcpTimers.class,
                Urgent.class);
    }
}
