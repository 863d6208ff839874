package stasis.arch;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.util.Set;

/** No synchronized method or block, no wait or notify. */
final class HaveNoMonitor extends ArchCondition<JavaClass> {
    private static final Set<String> WAITING = Set.of("wait", "notify", "notifyAll");

    HaveNoMonitor() {
        super("use no monitor");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        for (MethodModel method : ClassFile.of().parse(bytes(type)).methods()) {
            boolean uses = method.flags().has(AccessFlag.SYNCHRONIZED) || hasMonitorCode(method);
            if (!uses) continue;
            String message = type.getName() + "." + method.methodName() + " uses a monitor";
            events.add(SimpleConditionEvent.violated(type, message));
        }
    }

    private static boolean hasMonitorCode(MethodModel method) {
        return method.code().stream().flatMap(c -> c.elementStream()).anyMatch(HaveNoMonitor::is);
    }

    private static boolean is(CodeElement element) {
        return switch (element) {
            case MonitorInstruction _ -> true;
            case InvokeInstruction call ->
                    call.owner().asInternalName().equals("java/lang/Object")
                            && WAITING.contains(call.name().stringValue());
            default -> false;
        };
    }

    private static byte[] bytes(JavaClass type) {
        try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
