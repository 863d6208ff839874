/** One process's memory map: vmas say what should be where, the page table what is. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.mm;
