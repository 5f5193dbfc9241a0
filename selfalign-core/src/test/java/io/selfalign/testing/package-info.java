/** For tests of code that uses models, and of models themselves: selfalign-core's test jar. */
@NullMarked
package io.selfalign.testing;

import org.jspecify.annotations.NullMarked;
