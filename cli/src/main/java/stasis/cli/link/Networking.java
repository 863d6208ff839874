package stasis.cli.link;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * What a sandbox has of the host's network.
 *
 * @param outside whether it takes the interfaces of its network namespace; otherwise there is only
 *     {@code lo}
 * @param namespace where it joins one, from config.json; empty for a new one, null for none
 * @param own whether a network is made for it
 * @param closeTcp whether connections of an image are reset
 * @param capture the file that gets its packets, or null
 * @param logPackets whether they are told where system calls are
 */
public record Networking(
        boolean outside,
        @Nullable String namespace,
        boolean own,
        boolean closeTcp,
        @Nullable Path capture,
        boolean logPackets) {}
