/** The training loop, its checkpoints and adapters' first values. */
@NullMarked
package io.selfalign.djl.internal.train;

import org.jspecify.annotations.NullMarked;
