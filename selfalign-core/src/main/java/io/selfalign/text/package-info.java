/** Texts as sequences of words: ROUGE-L, near-duplicates; what else can be told of a text. */
@NullMarked
package io.selfalign.text;

import org.jspecify.annotations.NullMarked;
