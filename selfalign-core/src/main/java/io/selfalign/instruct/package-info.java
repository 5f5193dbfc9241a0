/** Stage 1: instructions that a base model writes itself, grown from a small set of seeds. */
@NullMarked
package io.selfalign.instruct;

import org.jspecify.annotations.NullMarked;
