package stasis.cli.link;

import org.jspecify.annotations.Nullable;

import stasis.kernel.net.Network;
import stasis.net.ip.FrameWatcher;
import stasis.net.ip.Nic;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a sandbox's packets are shown to, on every interface that it begins with. */
public final class Watching {
    private final List<FrameWatcher> watchers = new ArrayList<>();

    /**
     * While files of the host can be opened.
     *
     * @param capture the file to write packets into, or null
     * @param lines where packets are told, or null
     */
    public Watching(
            @Nullable Path capture, @Nullable Consumer<String> lines, Consumer<String> notes)
            throws IOException {
        if (capture != null) watchers.add(new PacketCapture(empty(capture), notes));
        if (lines != null) watchers.add(new PacketLog(lines));
    }

    private static FileChannel empty(Path file) throws IOException {
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Before the sandbox begins, or goes on. */
    public void begin(Network network) {
        if (watchers.isEmpty()) return;
        try (var _ = network.lock().hold()) {
            for (Nic nic : network.stack().ip().nics()) watchers.forEach(nic::watch);
        }
    }
}
