package stasis.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This class is part of a snapshot. Every instance field is saved unless marked {@link NotSaved}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Saved {
    /** Name in the snapshot. Never changes, even if the class is renamed or moved. */
    String value();

    /** Bumped whenever the set, order or meaning of the saved fields changes. */
    int version() default 1;
}
