package stasis.state;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Array;

/**
 * What a saved field may hold, and so how its bytes are read. {@link #text} is its form in the
 * schema; {@link ShapeText} reads that form back when an image is older than this build.
 */
public sealed interface SavedShape {
    /** As written in the schema. */
    String text();

    /** The class of the elements of an array of this shape. */
    Class<?> javaType();

    /** {@code int}, {@code boolean}, … */
    record Primitive(Class<?> javaType) implements SavedShape {
        @Override
        public String text() {
            return javaType.getName();
        }
    }

    /** {@code Integer}, {@code Boolean}, …, or null. */
    record Boxed(Class<?> javaType) implements SavedShape {
        @Override
        public String text() {
            return javaType.getSimpleName();
        }
    }

    record Text() implements SavedShape {
        @Override
        public String text() {
            return "String";
        }

        @Override
        public Class<?> javaType() {
            return String.class;
        }
    }

    /** An enum, stored by name. Without a class (it is gone), the name itself is the value. */
    record Choice(String name, @Nullable Class<?> type) implements SavedShape {
        @Override
        public String text() {
            return "enum " + name;
        }

        @Override
        public Class<?> javaType() {
            return type == null ? String.class : type;
        }
    }

    /** {@code byte[]}, {@code long[]}, …: copied in bulk. */
    record Bulk(Class<?> component) implements SavedShape {
        @Override
        public String text() {
            return component.getName() + "[]";
        }

        @Override
        public Class<?> javaType() {
            return component.arrayType();
        }
    }

    record ArrayOf(SavedShape element) implements SavedShape {
        @Override
        public String text() {
            return element.text() + "[]";
        }

        @Override
        public Class<?> javaType() {
            return element.javaType().arrayType();
        }

        public Object[] create(int length) {
            return (Object[]) Array.newInstance(element.javaType(), length);
        }
    }

    /** A record, written where it stands. */
    record Value(SavedType type) implements SavedShape {
        @Override
        public String text() {
            return type.name();
        }

        @Override
        public Class<?> javaType() {
            return type.type();
        }
    }

    /** A reference to an entity of exactly this class. */
    record Entity(SavedType type) implements SavedShape {
        @Override
        public String text() {
            return type.name();
        }

        @Override
        public Class<?> javaType() {
            return type.type();
        }
    }

    /** Any saved class below an interface or class; the bytes say which. */
    record Any(String name, Class<?> javaType) implements SavedShape {
        @Override
        public String text() {
            return "any " + name;
        }
    }

    /** A collection of one of the kinds of {@link Container}. */
    record Many(Container container, SavedShape element) implements SavedShape {
        @Override
        public String text() {
            return container.text() + "<" + element.text() + ">";
        }

        @Override
        public Class<?> javaType() {
            return container.type();
        }
    }

    record Mapped(Container container, SavedShape key, SavedShape value) implements SavedShape {
        @Override
        public String text() {
            return container.text() + "<" + key.text() + ", " + value.text() + ">";
        }

        @Override
        public Class<?> javaType() {
            return container.type();
        }
    }

    /** Something that cannot be saved; fine as long as it is null. */
    record Hole(String name) implements SavedShape {
        @Override
        public String text() {
            return "unsavable " + name;
        }

        @Override
        public Class<?> javaType() {
            return Object.class;
        }
    }
}
