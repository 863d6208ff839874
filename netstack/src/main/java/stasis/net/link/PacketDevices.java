package stasis.net.link;

import org.jspecify.annotations.Nullable;

/** A resource of a restore: what the links of a snapshot lead to now. */
public interface PacketDevices {
    /** The device that has taken the place of the one of this name; null: the link is cut. */
    @Nullable PacketDevice device(String name);
}
