/** Internal: reads and writes Hugging Face checkpoints and PEFT adapters. */
@NullMarked
package io.selfalign.djl.checkpoint;

import org.jspecify.annotations.NullMarked;
