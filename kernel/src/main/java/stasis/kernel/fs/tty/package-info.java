/**
 * Terminals: pseudo-terminals and their line discipline, termios(3), pty(7), ioctl_tty(2).
 *
 * <p>Bytes go master, {@link LineDiscipline}, slave; and slave, {@link OutputProcessing}, master.
 * The terminal's one lock guards all of it; signals are sent and sessions changed with it held.
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.tty;
