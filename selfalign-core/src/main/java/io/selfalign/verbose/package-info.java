/**
 * Stage 4, Verbose Cloning: the engraved model answers at length when it is told to be an extensive
 * variant of itself; a fresh adapter learns to do so when plainly asked.
 */
@NullMarked
package io.selfalign.verbose;

import org.jspecify.annotations.NullMarked;
