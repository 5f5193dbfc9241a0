/** Exceptions: each message names what was wrong, where, and what to change. */
@NullMarked
package io.selfalign.error;

import org.jspecify.annotations.NullMarked;
