package stasis.cli.boot;

import stasis.cli.oci.CriuFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** {@code stats-restore}: opened while files can be, written when the container goes on. */
final class RestoreStats {
    private final FileChannel file;
    private final long since = System.nanoTime();

    private RestoreStats(FileChannel file) {
        this.file = file;
    }

    static RestoreStats open(Path work) throws IOException {
        Files.createDirectories(work);
        return new RestoreStats(
                FileChannel.open(
                        work.resolve(CriuFiles.STATS_RESTORE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE));
    }

    void write(long pages) throws IOException {
        byte[] bytes = CriuFiles.restoreStats(System.nanoTime() - since, pages);
        file.write(ByteBuffer.wrap(bytes));
        file.close();
    }
}
