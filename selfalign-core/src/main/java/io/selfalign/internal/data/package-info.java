/**
 * What the readers and writers of the library's modules share. Not for applications; it may change
 * with any release.
 */
@NullMarked
package io.selfalign.internal.data;

import org.jspecify.annotations.NullMarked;
