/** Ranked locks: an order that a test run checks. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.lock;
