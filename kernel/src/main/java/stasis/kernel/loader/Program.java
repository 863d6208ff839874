package stasis.kernel.loader;

import stasis.kernel.vfs.FileDescription;

import java.util.List;

/**
 * What execve(2) is to run, found and opened, after {@code #!} lines were followed.
 *
 * @param file what is mapped; one reference belongs to whoever holds this
 * @param path what AT_EXECFN says
 */
public record Program(FileDescription file, String path, List<String> argv, List<String> envp) {}
