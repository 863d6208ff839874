/** Devices of /dev that are not terminals. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.dev;
