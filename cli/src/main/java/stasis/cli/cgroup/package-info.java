/**
 * cgroups(7) of the host that a whole sandbox is put into: sentry, gofer and what runs guest code.
 */
@org.jspecify.annotations.NullMarked
package stasis.cli.cgroup;
