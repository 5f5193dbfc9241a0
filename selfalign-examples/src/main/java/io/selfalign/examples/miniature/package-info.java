/**
 * The embedded base model: the corpus that it is pretrained on, its tokenizer, its pretraining and
 * what it can do before it is aligned.
 */
@NullMarked
package io.selfalign.examples.miniature;

import org.jspecify.annotations.NullMarked;
