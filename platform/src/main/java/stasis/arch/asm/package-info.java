/**
 * Machine code as bytes: what stubs, images and raw host calls are made of. No compiler is needed.
 */
@org.jspecify.annotations.NullMarked
package stasis.arch.asm;
