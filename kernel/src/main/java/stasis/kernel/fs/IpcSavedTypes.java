package stasis.kernel.fs;

import java.lang.invoke.MethodHandles;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.anon.AnonymousInode;
import stasis.kernel.fs.pipe.FifoDevice;
import stasis.kernel.fs.pipe.PacketLengths;
import stasis.kernel.fs.pipe.Pipe;
import stasis.kernel.fs.pipe.PipeEnd;
import stasis.kernel.ring.ByteRing;
import stasis.state.SavedTypes;

/** Every saved class of pipes, events, sockets and terminals, by package. */
public final class IpcSavedTypes {
    private IpcSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                // fs.anon
                AnonymousFilesystem.class,
                AnonymousInode.class,
                // fs.pipe
                FifoDevice.class,
                PacketLengths.class,
                Pipe.class,
                PipeEnd.class,
                // ring
                ByteRing.class);
    }
}
