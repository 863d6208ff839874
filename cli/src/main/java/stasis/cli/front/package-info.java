/** The small static programs that prepare a sandbox's world, as bytes made by the build. */
@org.jspecify.annotations.NullMarked
package stasis.cli.front;
