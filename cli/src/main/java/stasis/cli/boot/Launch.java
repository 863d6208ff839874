package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.link.Networking;
import stasis.cli.oci.Spec;

import java.nio.file.Path;

/**
 * What a command wants of a new sandbox.
 *
 * @param image to restore, or null to start the program of the bundle
 * @param standby where whoever keeps it listens: restored, it waits there until it is taken
 * @param background whether it goes on before all pages of the image are there
 * @param work folder for a restore's figures, or null
 * @param start whether its program starts at once; otherwise with {@code start}
 * @param detach whether the command ends when the sandbox is ready
 * @param forget whether nothing of it is to stay when it has ended
 * @param preservedFds how many descriptors from 3 on the program gets
 * @param cgroups whether it joins those that config.json names
 * @param platform its name, or null for the best there is
 * @param anyCpu whether an image may come from a processor with more features
 * @param straceTo where system calls are told, or null
 */
public record Launch(
        String id,
        Path bundle,
        Spec spec,
        @Nullable Path image,
        @Nullable Path standby,
        boolean background,
        @Nullable Path work,
        boolean start,
        boolean detach,
        boolean forget,
        @Nullable Path pidFile,
        @Nullable Path consoleSocket,
        int preservedFds,
        boolean cgroups,
        @Nullable String platform,
        boolean anyCpu,
        Networking networking,
        boolean strace,
        @Nullable Path straceTo) {

    /** The same, taken out of those that wait. */
    Launch claimed(String asId, boolean andForget) {
        return new Launch(
                asId,
                bundle,
                spec,
                image,
                standby,
                background,
                work,
                start,
                detach,
                andForget,
                pidFile,
                consoleSocket,
                preservedFds,
                cgroups,
                platform,
                anyCpu,
                networking,
                strace,
                straceTo);
    }
}
