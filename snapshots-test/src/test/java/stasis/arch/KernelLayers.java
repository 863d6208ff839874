package stasis.arch;

import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import java.util.Map;

/** The packages of the kernel from the ground up. Lower ones do not see higher ones. */
final class KernelLayers extends ArchCondition<JavaClass> {
    private static final String ROOT = "stasis.kernel";

    private static final Map<String, Integer> LAYERS =
            Map.ofEntries(
                    entry(".lock", 1),
                    entry(".wait", 1),
                    entry(".time", 1),
                    entry(".auth", 1),
                    entry(".limits", 1),
                    entry(".caller", 2),
                    entry(".ring", 2),
                    entry(".mem", 3),
                    entry(".vdso", 4),
                    entry(".vfs", 4),
                    entry(".net", 4),
                    // below the memory maps: a fault on a shared word names its key
                    entry(".futex", 4),
                    entry(".mm", 5),
                    entry(".signal", 6),
                    entry(".ipc", 6),
                    entry(".loader", 7),
                    entry(".task", 8),
                    entry(".fs", 9),
                    entry(".socket", 9),
                    entry(".syscall", 10),
                    entry(".syscall.linux", 11),
                    entry("", 12));

    KernelLayers() {
        super("depend on layers below their own only");
    }

    /** The layer of a package, of which sub-packages are part unless listed; 0 if unlisted. */
    private static int layer(JavaClass type) {
        String name = type.getPackageName().substring(ROOT.length());
        while (true) {
            Integer layer = LAYERS.get(name);
            if (layer != null && (layer < 12 || type.getPackageName().equals(ROOT))) return layer;
            int dot = name.lastIndexOf('.');
            if (dot < 0) return 0;
            name = name.substring(0, dot);
        }
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        int own = layer(type);
        if (own == 0) {
            String message = type.getPackageName() + " has no layer";
            events.add(SimpleConditionEvent.violated(type, message));
        }
        for (Dependency d : type.getDirectDependenciesFromSelf()) {
            if (!d.getTargetClass().getPackageName().startsWith(ROOT)) continue;
            if (layer(d.getTargetClass()) <= own) continue;
            events.add(SimpleConditionEvent.violated(type, d.getDescription()));
        }
    }
}
