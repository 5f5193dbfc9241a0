/** Readers and writers of Hugging Face checkpoints and PEFT adapters. */
@NullMarked
package io.selfalign.djl.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
