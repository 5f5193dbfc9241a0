/** The report of a run: one page of HTML with everything that the run's directory tells. */
@NullMarked
package io.selfalign.report;

import org.jspecify.annotations.NullMarked;
