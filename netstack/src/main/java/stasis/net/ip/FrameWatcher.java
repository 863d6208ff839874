package stasis.net.ip;

import stasis.net.link.PacketBuffer;

/** Sees what an interface sends and receives, as it is on the link: for packet(7), for captures. */
public interface FrameWatcher {
    /** The frame is not the watcher's: what is to stay must be copied. */
    void frame(Nic nic, PacketBuffer frame, boolean outgoing);
}
