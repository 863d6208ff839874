/**
 * How other commands talk to a sandbox: SOCK_SEQPACKET, a JSON object and descriptors a message.
 */
@org.jspecify.annotations.NullMarked
package stasis.cli.control;
