/**
 * What the library's stages and reports tell of texts: how an answer begins, where code stands,
 * what repeats, how a table is set. Not for applications; it may change with any release.
 */
@NullMarked
package io.selfalign.internal.text;

import org.jspecify.annotations.NullMarked;
