package stasis.gofer.server;

import stasis.host.HostFd;

/**
 * A tree (or a single file) that may be attached to by its name.
 *
 * @param name Tattach's aname
 * @param root O_PATH descriptor of its top directory; a single file is open for what it may be used
 *     for
 */
public record Export(String name, HostFd root, boolean readOnly) {}
