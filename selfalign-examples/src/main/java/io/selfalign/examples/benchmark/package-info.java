/** Programs that measure the library beside its peers, in one run. */
@NullMarked
package io.selfalign.examples.benchmark;

import org.jspecify.annotations.NullMarked;
