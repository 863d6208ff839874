/** x86-64 as both sides of the platform contract see it: registers, pages, access rights. */
@org.jspecify.annotations.NullMarked
package stasis.arch;
