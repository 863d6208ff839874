package stasis.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.state.CorruptSnapshotException;
import stasis.state.image.Manifest;
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
        flag(spec, "--json", "prints the manifest only, for programs");
        positional(spec, "IMAGE", "1", "folder of the image");
    }

    @Override
    public int run(Arguments a) throws Failure {
        try (DirectoryStore store = DirectoryStore.open(Path.of(a.id()));
                SnapshotImage image = SnapshotImage.open(store)) {
            System.out.print(
                    a.flag("--json") ? json(image.manifest()) : SnapshotPrinter.print(image));
            return 0;
        } catch (IOException | CorruptSnapshotException e) {
            throw new Failure(ExitCode.FAILED, "image " + a.id() + ": " + e.getMessage(), e);
        }
    }

    /** Every field by its name, as the manifest's record has it. */
    private static String json(Manifest manifest) throws IOException {
        ObjectMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(manifest) + "\n";
    }
}
