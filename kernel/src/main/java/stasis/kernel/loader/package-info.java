/** ELF programs, interpreters, scripts, the first stack, the vDSO. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.loader;
