package stasis.net.link;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of links may appear in a snapshot. */
public final class LinkSavedTypes {
    private LinkSavedTypes() {}

    public static void addTo(SavedTypes types) {
        types.add(
                MethodHandles.lookup(),
                Dice.class,
                Faults.class,
                FaultyLink.class,
                Loopback.class,
                PacketLink.class,
                PacketPool.class,
                PacketQueue.class,
                Veth.class);
    }
}
