/**
 * Links to the host's network: what the network namespace of a container has, taken over before the
 * sandbox gives up its rights, and the packets that go in and out of it afterwards.
 *
 * <pre>
 *   NetStack ── PacketLink ── EthernetDevice ──┬─ FrameWriter ─► MergedSegment ─► sendmmsg(2)
 *                                              └─ FrameReader ◄─────────────────── recvmmsg(2)
 * </pre>
 */
@NullMarked
package stasis.cli.link;

import org.jspecify.annotations.NullMarked;
