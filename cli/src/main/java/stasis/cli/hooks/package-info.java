/**
 * Hooks of config.json: programs of the host that a container's life calls at fixed points, {@code
 * config.md} and {@code runtime.md} of the OCI runtime specification.
 */
@org.jspecify.annotations.NullMarked
package stasis.cli.hooks;
