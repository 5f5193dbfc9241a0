/**
 * Benchmarks, before and after: TruthfulQA, HHH and questions whose answers a {@link
 * io.selfalign.eval.Judge} compares, on any {@link io.selfalign.model.BaseModel}. Every benchmark
 * is a stage that journals and resumes; what it measured comes with intervals, chance levels and
 * what was skipped.
 */
@NullMarked
package io.selfalign.eval;

import org.jspecify.annotations.NullMarked;
