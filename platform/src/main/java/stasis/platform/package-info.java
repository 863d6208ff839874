/**
 * The platform contract: what runs guest code. A platform knows registers and pages; it knows no
 * task, no vma and no file. One contract test runs against every implementation.
 */
@org.jspecify.annotations.NullMarked
package stasis.platform;
