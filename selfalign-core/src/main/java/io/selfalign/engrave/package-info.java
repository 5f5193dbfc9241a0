/**
 * Stage 3, Principle Engraving: the base model is tuned on its own answers of stage 2, of which
 * principles, exemplars and thoughts are pruned, so that it answers alike when plainly asked.
 */
@NullMarked
package io.selfalign.engrave;

import org.jspecify.annotations.NullMarked;
