package stasis.cli.link;

import org.jspecify.annotations.Nullable;

/**
 * What a sandbox has of the host's network.
 *
 * @param outside whether it takes the interfaces of its network namespace; otherwise there is only
 *     {@code lo}
 * @param namespace where it joins one, from config.json; empty for a new one, null for none
 * @param closeTcp whether connections of an image are reset
 */
public record Networking(boolean outside, @Nullable String namespace, boolean closeTcp) {}
