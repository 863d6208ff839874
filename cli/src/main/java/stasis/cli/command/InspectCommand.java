package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.state.CorruptSnapshotException;
import stasis.state.image.SnapshotImage;
import stasis.state.image.SnapshotPrinter;
import stasis.state.store.DirectoryStore;

import java.io.IOException;
import java.nio.file.Path;

final class InspectCommand extends Command {
    InspectCommand() {
        super("prints what an image holds");
    }

    @Override
    protected void define(CommandSpec spec) {
        positional(spec, "IMAGE", "1", "folder of the image");
    }

    @Override
    public int run(Arguments a) throws Failure {
        try (DirectoryStore store = DirectoryStore.open(Path.of(a.id()));
                SnapshotImage image = SnapshotImage.open(store)) {
            System.out.print(SnapshotPrinter.print(image));
            return 0;
        } catch (IOException | CorruptSnapshotException e) {
            throw new Failure(ExitCode.FAILED, "image " + a.id() + ": " + e.getMessage(), e);
        }
    }
}
