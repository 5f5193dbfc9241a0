/**
 * Trying prompts before a night is spent on them: {@link io.selfalign.trial.PromptTrial} lets a
 * model answer labelled questions under several {@link io.selfalign.principle.PromptFrame}s, and
 * {@link io.selfalign.trial.TrialReport} tells how many replies follow the form, decline, leak,
 * loop or copy, with intervals and paired differences.
 */
@Experimental
@NullMarked
package io.selfalign.trial;

import io.selfalign.Experimental;
import org.jspecify.annotations.NullMarked;
