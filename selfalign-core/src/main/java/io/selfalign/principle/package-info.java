/**
 * Stage 2: answers that a base model gives under written principles. A prompt states the rules and
 * shows a few exemplars in which an assistant first thinks about which rules apply; the model
 * answers every query in the same way, and what it writes is parsed, checked and attributed to the
 * rules it names.
 */
@NullMarked
package io.selfalign.principle;

import org.jspecify.annotations.NullMarked;
