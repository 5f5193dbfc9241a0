/**
 * SELF-ALIGN as a library: the four stages, the runs that they are part of, and the models that
 * they ask, as interfaces. {@link io.selfalign.SelfAlign} is where to begin.
 *
 * <p>A package that is exported here is public API; {@code io.selfalign.internal} and what is below
 * it is not. Records that an application hands to a stage are read and written by reflection: an
 * application that is a module itself opens their package to {@code io.selfalign} and {@code
 * tools.jackson.databind}, or exports it.
 */
@SuppressWarnings("module") // selfalign-djl is built after this
module io.selfalign {
  requires com.github.benmanes.caffeine;
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires transitive tools.jackson.databind;

  exports io.selfalign;
  exports io.selfalign.answer;
  exports io.selfalign.data;
  exports io.selfalign.engrave;
  exports io.selfalign.error;
  exports io.selfalign.eval;
  exports io.selfalign.instruct;
  exports io.selfalign.internal.data to
      io.selfalign.djl;
  exports io.selfalign.model;
  exports io.selfalign.pipeline;
  exports io.selfalign.principle;
  exports io.selfalign.report;
  exports io.selfalign.text;
  exports io.selfalign.trial;
  exports io.selfalign.tuning;
  exports io.selfalign.verbose;

  // Their records become JSON, and not all are public.
  opens io.selfalign to
      tools.jackson.databind;
  opens io.selfalign.answer to
      tools.jackson.databind;
  opens io.selfalign.eval to
      tools.jackson.databind;
  opens io.selfalign.instruct to
      tools.jackson.databind;
  opens io.selfalign.internal.text to
      tools.jackson.databind;
  opens io.selfalign.pipeline to
      tools.jackson.databind;
  opens io.selfalign.principle to
      tools.jackson.databind;
  opens io.selfalign.report to
      tools.jackson.databind;
  opens io.selfalign.trial to
      tools.jackson.databind;
  opens io.selfalign.verbose to
      tools.jackson.databind;
}
