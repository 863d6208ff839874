/**
 * Sandboxes that wait, restored, for somebody to take them: pools and forks.
 *
 * <pre>
 *   pool create ─► keeper ─┬─► front ─► sentry: restored, waits     one for each member
 *                          │     (the front ends when its sentry is ready)
 *   pool claim ──► keeper ─┴──► sentry: gets id, descriptors 0 to 2 and the claimant; goes on
 * </pre>
 *
 * A member that was not taken ends when its connection to the keeper does, so a keeper that is
 * killed leaves nothing running. One that was taken is an ordinary container.
 */
@org.jspecify.annotations.NullMarked
package stasis.cli.pool;
