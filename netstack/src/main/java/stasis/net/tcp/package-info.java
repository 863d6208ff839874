/**
 * TCP, RFC 9293.
 *
 * <pre>
 *   {@link stasis.net.tcp.TcpProtocol}      whose segment is it: ConnectionTable, ListenerTable
 *        |
 *   TcpStateMachine    segment arrives, in the order of RFC 9293 3.10.7
 *        |
 *   {@link stasis.net.tcp.TcpEndpoint}      one connection or listener: what a socket calls
 *     TcpReceiver        window, data in and out of order, when to acknowledge
 *     TcpSender          data not yet acknowledged or sent, what may be sent now
 *       SentSegments     what is under way, and its fate
 *       LossRecovery     what an acknowledgment says of it: Rack, NewReno, undo
 *       CongestionControl  Cubic, Reno
 *       RttEstimator
 *     TcpTimers          the one deadline that comes first
 * </pre>
 *
 * Sequence numbers are ints compared by {@link stasis.net.tcp.SequenceNumber}; times are
 * nanoseconds of the stack's clock; amounts are bytes.
 */
@org.jspecify.annotations.NullMarked
package stasis.net.tcp;
