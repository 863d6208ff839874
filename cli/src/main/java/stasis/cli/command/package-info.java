/** One class for each subcommand. */
@org.jspecify.annotations.NullMarked
package stasis.cli.command;
