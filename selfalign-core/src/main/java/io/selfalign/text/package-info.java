/** Texts as sequences of words: ROUGE-L, near-duplicates, measures. */
@NullMarked
package io.selfalign.text;

import org.jspecify.annotations.NullMarked;
