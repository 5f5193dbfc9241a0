/**
 * What stages 3 and 4 have in common: the short prompt without principles and exemplars, the
 * training set, the training of an adapter as a stage of a run, and the model that results, which
 * answers what it is plainly asked.
 */
@NullMarked
package io.selfalign.tuning;

import org.jspecify.annotations.NullMarked;
