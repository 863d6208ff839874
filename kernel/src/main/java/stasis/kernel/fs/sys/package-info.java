/** sysfs(5), as far as programs look at it. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.sys;
