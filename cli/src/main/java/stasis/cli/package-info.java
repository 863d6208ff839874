/** The command line: an OCI runtime. {@link Main} is where every process of Stasis starts. */
@org.jspecify.annotations.NullMarked
package stasis.cli;
