package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.ContextLengthException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Scores continuations. */
@Command(
    name = "score",
    description = {
      "Gives continuations their log-probabilities.",
      "Standard input: a JSON object per line, {\"id\",\"prompt\",\"continuation\"}; ids are"
          + " strings or numbers.",
      "Standard output, in the same order:"
          + " {\"id\",\"logprob\",\"token_logprobs\",\"token_ids\",\"greedy\"}.",
      ""
    })
final class ScoreCommand implements Callable<Integer> {
  /** How many requests go to the model at once: enough to batch, few enough to see progress. */
  private static final int REQUESTS_PER_CALL = 1024;

  /** A line of output. */
  record Result(
      JsonNode id,
      double logprob,
      List<Double> tokenLogprobs,
      List<Integer> tokenIds,
      boolean greedy) {}

  private final ModelOpener models;
  private final InputStream in;
  private final OutputStream out;

  @Mixin private ModelArguments model;

  @Mixin private final ProgressArguments progress;

  ScoreCommand(ModelOpener models, InputStream in, OutputStream out, ProgressArguments progress) {
    this.models = models;
    this.progress = progress;
    this.in = in;
    this.out = out;
  }

  @Override
  public Integer call() throws Exception {
    RequestLines<ScoreRequest> lines =
        RequestLines.read(
            in, (id, line) -> new ScoreRequest(id, line.text("prompt"), line.text("continuation")));
    model.withModel(models, opened -> score(opened, lines));
    return 0;
  }

  private void score(BaseModel opened, RequestLines<ScoreRequest> lines) {
    List<ScoreRequest> requests = lines.requests();
    OptionalLong total = OptionalLong.of(requests.size());
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout");
        Progress shown = progress.start("score", "continuations", total)) {
      for (int start = 0; start < requests.size(); start += REQUESTS_PER_CALL) {
        int end = Math.min(requests.size(), start + REQUESTS_PER_CALL);
        for (Score score : opened.score(requests.subList(start, end))) {
          writer.write(result(lines.givenId(score.id()), score));
        }
        writer.flush();
        shown.add(end - start);
      }
    } catch (ContextLengthException e) {
      throw lines.placed(e);
    }
  }

  private static Result result(JsonNode id, Score score) {
    return new Result(
        id,
        score.logProbability(),
        score.tokenLogProbabilities(),
        score.tokenIds(),
        score.greedy());
  }
}
