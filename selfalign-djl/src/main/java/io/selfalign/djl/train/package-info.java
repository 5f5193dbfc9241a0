/** Internal: the training loop, its checkpoints and adapters' first values. */
@NullMarked
package io.selfalign.djl.train;

import org.jspecify.annotations.NullMarked;
