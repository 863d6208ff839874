package stasis.cli.front;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * An AOT cache leaves out classes of old class file versions, which have no stack maps. picocli is
 * compiled for Java 5 and costs 40 ms that way: its jar is written again with stack maps.
 */
final class ModernClasses {
    private static final int FIRST_WITH_STACK_MAPS = 50;

    private ModernClasses() {}

    static void modernize(Path jar) throws IOException {
        Path fresh = jar.resolveSibling(jar.getFileName() + ".new");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(fresh))) {
            ClassFile tool =
                    ClassFile.of(
                            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                            ClassFile.ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(loader)
                                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
                byte[] content = in.readAllBytes();
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(0);
                out.putNextEntry(copy);
                out.write(entry.getName().endsWith(".class") ? modern(tool, content) : content);
                out.closeEntry();
            }
        }
        Files.move(fresh, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] modern(ClassFile tool, byte[] content) {
        ClassModel model = tool.parse(content);
        if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) return content;
        ClassTransform version =
                ClassTransform.endHandler(b -> b.withVersion(ClassFile.JAVA_8_VERSION, 0));
        ClassTransform rest =
                (b, element) -> {
                    if (!(element instanceof ClassFileVersion)) b.with(element);
                };
        ClassTransform code = ClassTransform.transformingMethodBodies(CodeBuilder::with);
        return tool.transformClass(model, code.andThen(rest).andThen(version));
    }
}
