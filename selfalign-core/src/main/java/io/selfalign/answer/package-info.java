/** What stages 2 and 4 look for in any answer: speech of the frame, loops, copies of exemplars. */
@NullMarked
package io.selfalign.answer;

import org.jspecify.annotations.NullMarked;
