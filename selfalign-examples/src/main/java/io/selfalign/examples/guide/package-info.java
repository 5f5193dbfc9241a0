/**
 * Small programs that show one thing each, for docs/examples.md: how to bring one's own model,
 * principles, stages and prompts, how a run resumes, and how an application uses what came of it.
 */
@NullMarked
package io.selfalign.examples.guide;

import org.jspecify.annotations.NullMarked;
