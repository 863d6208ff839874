/** The rules of the house, over the classes and sources of all modules. */
@org.jspecify.annotations.NullMarked
package stasis.arch;
