/** Runnable programs, and what they have in common. */
@NullMarked
package io.selfalign.examples;

import org.jspecify.annotations.NullMarked;
