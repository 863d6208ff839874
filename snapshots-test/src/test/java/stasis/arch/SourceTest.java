package stasis.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What only the sources tell. */
class SourceTest {
    private static final int FILE_LINES = 1000;
    private static final int METHOD_LINES = 100;
    private static final Path ROOT = Path.of("..");

    private static final List<String> MODULES =
            List.of("state", "platform", "netstack", "gofer", "kernel", "cli", "snapshots-test");

    private static final Pattern TABLE_LINE =
            Pattern.compile("\\.(?:on|partial)\\(\\s*(\\d+),\\s*\"(\\w+)\",\\s*(\\w+)::(\\w+)");

    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(found::add);
            }
        }
        assertTrue(found.size() > 100, "the sources are elsewhere");
        return found;
    }

    @Test
    void noFileIsLongerThanAThousandLines() throws Exception {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > FILE_LINES) tooLong.add(file + " has " + lines + " lines");
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    void noMethodIsLongerThanAHundredLines() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> tooLong = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources()));
            Lengths lengths = new Lengths(Trees.instance(task), tooLong);
            for (CompilationUnitTree unit : task.parse()) lengths.scan(unit, null);
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    void tableNamesMatchHandlers() throws Exception {
        List<String> wrong = new ArrayList<>();
        int lines = 0;
        Path tables = ROOT.resolve("kernel/src/main/java/stasis/kernel/syscall/linux");
        try (Stream<Path> files = Files.list(tables)) {
            for (Path file : files.toList()) {
                Matcher line = TABLE_LINE.matcher(Files.readString(file));
                while (line.find()) {
                    lines++;
                    if (!line.group(2).equals(line.group(4))) wrong.add(line.group());
                }
            }
        }
        assertTrue(lines > 200, "the lines look different: " + lines);
        assertEquals(List.of(), wrong);
    }

    private static final class Lengths extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final Trees trees;
        private final List<String> tooLong;

        Lengths(Trees trees, List<String> tooLong) {
            this.trees = trees;
            this.tooLong = tooLong;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
            var positions = trees.getSourcePositions();
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long end = positions.getEndPosition(unit, method);
            // implicit constructors of records have no end
            long lines = end < 0 ? 0 : unit.getLineMap().getLineNumber(end) - first + 1;
            if (lines > METHOD_LINES) {
                String owner =
                        getCurrentPath().getParentPath().getLeaf() instanceof ClassTree c
                                ? c.getSimpleName().toString()
                                : "?";
                tooLong.add(owner + "." + method.getName() + " has " + lines + " lines");
            }
            return super.visitMethod(method, null);
        }
    }
}
