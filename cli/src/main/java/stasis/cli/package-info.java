/** The command line. */
@org.jspecify.annotations.NullMarked
package stasis.cli;
