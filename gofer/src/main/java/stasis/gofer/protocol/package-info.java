/**
 * 9P2000.L, the protocol of Linux's v9fs and of diod, {@code protocol.md} of the diod project, and
 * one extension: {@link stasis.gofer.protocol.P9#VERSION_WITH_FDS}.
 */
@org.jspecify.annotations.NullMarked
package stasis.gofer.protocol;
