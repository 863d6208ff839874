/** epoll(7). */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.epoll;
