package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.TracedRecord;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Walks from a record of a run to where it came from and to what came of it. */
@Command(
    name = "trace",
    description = {
      "Shows what a record of a run was made from, and what was made from it.",
      "Standard output: the record, then its ancestors, then its descendants, nearest first:"
          + " {\"relation\",\"distance\",\"stage\",\"id\",\"kept\",\"record\"}. What was dropped has"
          + " kept false, and its record says for which reason.",
      ""
    })
final class TraceCommand implements Callable<Integer> {
  /** A line of output. */
  record Result(
      String relation, int distance, String stage, String id, boolean kept, ObjectNode record) {}

  private final OutputStream out;

  @Option(names = "--work", required = true, paramLabel = "DIR", description = "The run directory.")
  private Path directory;

  @Parameters(paramLabel = "ID", description = "The record's id.")
  private String id;

  TraceCommand(OutputStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    List<TracedRecord> traced = RunDirectory.open(directory).trace(id);
    if (traced.isEmpty()) {
      throw new SelfAlignException(
          directory
              + ": no stage has a record with the id '"
              + id
              + "'; ids are the field id of stages/*/records.jsonl and drops.jsonl");
    }
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      traced.forEach(record -> writer.write(result(record)));
    }
    return 0;
  }

  private static Result result(TracedRecord traced) {
    return new Result(
        traced.relation().name().toLowerCase(Locale.ROOT),
        traced.distance(),
        traced.stage(),
        traced.id(),
        traced.kept(),
        JsonLines.parse(traced.id(), 1, traced.json()).object());
  }
}
