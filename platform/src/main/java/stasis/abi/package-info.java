/** Linux's binary interface: one class per header for constants, one per C struct. */
@org.jspecify.annotations.NullMarked
package stasis.abi;
