package io.selfalign.report;

import java.util.List;

/**
 * A part of the report. What it collects becomes JSON, which the script of the same name draws; the
 * names of its fields are those that the script reads.
 */
interface Section {
  /** All of them. */
  List<Section> ALL =
      List.of(
          new OverviewSection(),
          new FunnelSection(),
          new InstructionsSection(),
          new VerbsSection(),
          new TopicsSection(),
          new PrinciplesSection(),
          new LengthsSection(),
          new TrainingSection(),
          new EvaluationSection(),
          new SamplesSection(),
          new TimingsSection(),
          new ConfigurationSection());

  /** A section that a run has nothing for, and why, as a sentence. */
  record Missing(String missing) {}

  /** The section's name in the page's data. */
  String name();

  /** The section's data: a record, or {@link Missing}. Its size is bounded. */
  Record collect(RunData run);
}
