/**
 * Puts a sandbox together: the one place that knows the host, the platform and the kernel at once.
 */
@org.jspecify.annotations.NullMarked
package stasis.cli.boot;
