package stasis.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code private static void name(Map<String, Object> fields)}: turns the fields that version
 * {@link #from} saved into those of the version after it.
 *
 * <p>Fields that are references hold entities that may not be filled yet. Enums that no longer
 * exist arrive as their name. The map must end with exactly the fields of the next version.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Upgrade {
    int from();
}
