/** KV caches, scheduling, sampling and scoring over the model program. */
@NullMarked
package io.selfalign.djl.internal.decode;

import org.jspecify.annotations.NullMarked;
