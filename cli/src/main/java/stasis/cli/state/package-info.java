/** What of a container is on the host's disk: one folder each. */
@org.jspecify.annotations.NullMarked
package stasis.cli.state;
