/** What an OCI bundle says: {@code config.json} of the runtime specification, read and checked. */
@org.jspecify.annotations.NullMarked
package stasis.cli.oci;
