/**
 * What is rarely asked of the host and wants C structs, through JNA: its first use takes 100 ms, so
 * nothing on the way to a sandbox may come here.
 */
@org.jspecify.annotations.NullMarked
package stasis.host.setup;
