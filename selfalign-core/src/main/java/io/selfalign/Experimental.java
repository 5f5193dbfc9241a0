package io.selfalign;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a part of the public API that may change or go in any release, patches included, without a
 * deprecation before. A package, type, constructor, method or field that carries it is meant to be
 * used and is tested like any other; only its names and signatures are not promised yet. Whatever
 * is inside a marked package or type counts as marked.
 *
 * <p>What is promised of the rest is in {@code docs/decisions/0020-what-the-api-promises.md}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.PACKAGE,
  ElementType.TYPE,
  ElementType.CONSTRUCTOR,
  ElementType.METHOD,
  ElementType.FIELD
})
public @interface Experimental {}
