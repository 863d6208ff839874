package stasis.state;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How one {@link Saved} class is taken apart and put together again. Built once, at start, for the
 * machinery of {@code stasis.state.graph}.
 */
public final class SavedType {
    /** How objects of the class appear in a snapshot. */
    public enum Kind {
        /** Once, by number. */
        ENTITY,
        /** A record, inline wherever it stands. */
        VALUE,
        /** An enum that stands where an interface is declared; by name. */
        CHOICE
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.$-]*");

    private final String name;
    private final int version;
    private final Class<?> type;
    private final Kind kind;
    private final MethodHandle constructor;
    private final List<SavedField> fields = new ArrayList<>();
    private final List<MethodHandle> beforeSave = new ArrayList<>();
    private final List<MethodHandle> afterRestore = new ArrayList<>();
    private final Map<Integer, MethodHandle> upgrades = new TreeMap<>();

    SavedType(MethodHandles.Lookup owner, Class<?> type) {
        Saved saved = type.getDeclaredAnnotation(Saved.class);
        if (saved == null) throw refusal(type, "is registered but not @Saved");
        this.name = saved.value();
        this.version = saved.version();
        this.type = type;
        checkShape();
        this.kind = type.isRecord() ? Kind.VALUE : type.isEnum() ? Kind.CHOICE : Kind.ENTITY;
        try {
            this.constructor = takeApart(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + ": " + e.getMessage(), e);
        }
        checkFieldNames();
    }

    /** Its name in snapshots. */
    public String name() {
        return name;
    }

    public int version() {
        return version;
    }

    public Class<?> type() {
        return type;
    }

    public Kind kind() {
        return kind;
    }

    /** Superclass first, by name within a class; in declaration order for a record. */
    public List<SavedField> fields() {
        return Collections.unmodifiableList(fields);
    }

    /** {@code (Object)void}, superclass first. */
    public List<MethodHandle> beforeSave() {
        return Collections.unmodifiableList(beforeSave);
    }

    /** {@code (Object, Restoration)void}, superclass first. */
    public List<MethodHandle> afterRestore() {
        return Collections.unmodifiableList(afterRestore);
    }

    /** {@code (Map)void}, by the version each starts from. */
    public Map<Integer, MethodHandle> upgrades() {
        return Collections.unmodifiableMap(upgrades);
    }

    /** {@code ()Object} for an entity, {@code (Object[])Object} for a value. */
    public MethodHandle constructor() {
        return constructor;
    }

    @Override
    public String toString() {
        return name;
    }

    private void checkShape() {
        check(NAME.matcher(name).matches(), "has the name '" + name + "'");
        check(!ShapeText.isReserved(name), "has the reserved name " + name);
        check(version >= 1, "has version " + version);
        check(
                !type.isAnonymousClass() && !type.isLocalClass() && !type.isHidden(),
                "has no stable name (anonymous, local or hidden)");
        check(!type.isMemberClass() || Modifier.isStatic(type.getModifiers()), "is an inner class");
        check(!type.isInterface() && !type.isArray(), "is not a class");
        check(!Modifier.isAbstract(type.getModifiers()) || type.isEnum(), "is abstract");
    }

    private MethodHandle takeApart(MethodHandles.Lookup owner) throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, owner);
        return switch (kind) {
            case VALUE -> takeApartRecord(lookup);
            case CHOICE -> MethodHandles.constant(Object.class, name);
            case ENTITY -> {
                for (Class<?> c = type; c != Object.class; c = c.getSuperclass()) {
                    addLevel(owner, c);
                }
                yield noArgConstructor(lookup).asType(MethodType.methodType(Object.class));
            }
        };
    }

    private MethodHandle noArgConstructor(MethodHandles.Lookup lookup)
            throws IllegalAccessException {
        try {
            return lookup.findConstructor(type, MethodType.methodType(void.class));
        } catch (NoSuchMethodException e) {
            throw refusal(type, "has no constructor without arguments (it may be private)");
        }
    }

    private MethodHandle takeApartRecord(MethodHandles.Lookup lookup)
            throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        for (RecordComponent c : type.getRecordComponents()) {
            Field field = type.getDeclaredField(c.getName());
            check(
                    !field.isAnnotationPresent(NotSaved.class),
                    "is a record, so " + c.getName() + " cannot be @NotSaved");
            fields.add(SavedField.of(lookup, field));
            types.add(c.getType());
        }
        for (Method m : type.getDeclaredMethods()) {
            check(!isHook(m), "is a record, so it has no hooks");
            addUpgrade(lookup, m);
        }
        return lookup.findConstructor(type, MethodType.methodType(void.class, types))
                .asType(MethodType.genericMethodType(types.size()))
                .asSpreader(Object[].class, types.size());
    }

    private void addLevel(MethodHandles.Lookup owner, Class<?> c)
            throws ReflectiveOperationException {
        check(
                c.getModule() == type.getModule(),
                "has the superclass " + c.getName() + " of another module");
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(c, owner);
        List<SavedField> here = new ArrayList<>();
        for (Field f : c.getDeclaredFields()) {
            if (Modifier.isStatic(f.getModifiers()) || f.isAnnotationPresent(NotSaved.class)) {
                continue;
            }
            check(
                    !Modifier.isFinal(f.getModifiers()),
                    "field " + f.getName() + " is saved, so it must not be final");
            here.add(SavedField.of(lookup, f));
        }
        here.sort(Comparator.comparing(SavedField::name));
        fields.addAll(0, here);
        addHooks(lookup, c);
    }

    private void addHooks(MethodHandles.Lookup lookup, Class<?> c) throws IllegalAccessException {
        Method[] methods = c.getDeclaredMethods();
        Arrays.sort(methods, Comparator.comparing(Method::getName));
        int saves = 0;
        int restores = 0;
        for (Method m : methods) {
            if (m.isAnnotationPresent(BeforeSave.class)) {
                beforeSave.add(saves++, hook(lookup, m, BeforeSave.class));
            }
            if (m.isAnnotationPresent(AfterRestore.class)) {
                afterRestore.add(
                        restores++, hook(lookup, m, AfterRestore.class, Restoration.class));
            }
            if (c == type) addUpgrade(lookup, m);
        }
    }

    private MethodHandle hook(
            MethodHandles.Lookup lookup,
            Method m,
            Class<? extends Annotation> annotation,
            Class<?>... parameters)
            throws IllegalAccessException {
        int modifiers = m.getModifiers();
        check(
                Modifier.isPrivate(modifiers)
                        && !Modifier.isStatic(modifiers)
                        && m.getReturnType() == void.class
                        && Arrays.equals(m.getParameterTypes(), parameters),
                "@"
                        + annotation.getSimpleName()
                        + " "
                        + m.getName()
                        + " must be private, void and take "
                        + (parameters.length == 0 ? "nothing" : "a Restoration"));
        List<Class<?>> types = new ArrayList<>(List.of(Object.class));
        types.addAll(List.of(parameters));
        return lookup.unreflect(m).asType(MethodType.methodType(void.class, types));
    }

    private void addUpgrade(MethodHandles.Lookup lookup, Method m) throws IllegalAccessException {
        Upgrade upgrade = m.getAnnotation(Upgrade.class);
        if (upgrade == null) return;
        check(
                Modifier.isStatic(m.getModifiers())
                        && m.getReturnType() == void.class
                        && Arrays.equals(m.getParameterTypes(), new Class<?>[] {Map.class}),
                "@Upgrade " + m.getName() + " must be static void (Map<String, Object>)");
        check(
                upgrade.from() >= 1 && upgrade.from() < version,
                "@Upgrade from " + upgrade.from() + " does not lead to version " + version);
        check(
                upgrades.put(upgrade.from(), lookup.unreflect(m)) == null,
                "has two upgrades from version " + upgrade.from());
    }

    private static boolean isHook(Method m) {
        return m.isAnnotationPresent(BeforeSave.class) || m.isAnnotationPresent(AfterRestore.class);
    }

    private void checkFieldNames() {
        Set<String> seen = new HashSet<>();
        for (SavedField f : fields) {
            check(seen.add(f.name()), "has two saved fields named " + f.name());
        }
    }

    private void check(boolean ok, String what) {
        if (!ok) throw refusal(type, what);
    }

    private static IllegalStateException refusal(Class<?> type, String what) {
        return new IllegalStateException(type.getName() + " " + what);
    }
}
