/**
 * Files whose other end is outside the sandbox: standard input and output. The kernel makes no host
 * calls: whoever starts it moves the bytes, in threads of its own ("pumps").
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.host;
