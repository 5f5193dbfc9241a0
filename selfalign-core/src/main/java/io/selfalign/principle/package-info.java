/**
 * Stage 2: answers that a base model gives under written principles. A prompt states the principles
 * and shows a few exemplars in which an assistant first thinks about which principles apply; the
 * model answers every query in the same way, and what it writes is parsed, checked and attributed
 * to the principles it names.
 */
@NullMarked
package io.selfalign.principle;

import org.jspecify.annotations.NullMarked;
