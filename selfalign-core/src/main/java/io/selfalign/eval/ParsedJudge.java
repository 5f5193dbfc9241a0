package io.selfalign.eval;

import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model as a judge by what it writes, for models that can't be asked for log-probabilities. It
 * answers greedily, in at most 256 tokens.
 *
 * <p>A comparison is read from the first line that has two numbers from 0 to 10, of A and of B (a
 * {@code /10} behind a number is passed over); a line with other numbers besides, such as {@code A
 * is 2 points better than B: 8 and 6}, is not read. A grade is the first word of the text that is
 * yes or no, in whatever case. A text with neither is unparsable, of which {@link Unparsable} says
 * what becomes. What does not fit the model's context has no verdict, for the reason {@code
 * too_long}.
 *
 * <p>Immutable and safe for use by several threads, as the model is.
 */
public final class ParsedJudge implements Judge {
  /** The reason of verdicts that can't be read. */
  public static final String UNPARSABLE = "unparsable_verdict";

  /** What becomes of a verdict that can't be read. */
  public enum Unparsable {
    /** There is no verdict: the item is left out, and the ledger has what the judge wrote. */
    SKIP,
    /** A comparison is a tie with 5 points for both, a grade is 1/2, which is not yes. */
    NEUTRAL
  }

  private static final String SCORES =
      "\n\nGive each answer a score from 1 to 10, the better one the higher score, on one line in"
          + " the form \"A: score, B: score\".\nScores: ";
  private static final String VERDICT = "\nAnswer with Yes or No.\nVerdict: ";

  private static final double HIGHEST = 10;
  private static final double NEUTRAL_SCORE = 5;
  private static final double NEUTRAL_GRADE = 0.5;

  private static final Pattern OUT_OF_TEN = Pattern.compile("/\\s*10\\b");
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
  private static final Pattern YES_OR_NO =
      Pattern.compile("\\b(yes|no)\\b", Pattern.CASE_INSENSITIVE);

  private static final GenerationOptions OPTIONS =
      GenerationOptions.builder().temperature(0).maxNewTokens(256).build();

  private final BaseModel model;
  private final Unparsable unparsable;

  private ParsedJudge(BaseModel model, Unparsable unparsable) {
    this.model = model;
    this.unparsable = unparsable;
  }

  /** A judge that skips what it can't read. */
  public static ParsedJudge of(BaseModel model) {
    return of(model, Unparsable.SKIP);
  }

  /** A judge that asks a model, local or remote. */
  public static ParsedJudge of(BaseModel model, Unparsable unparsable) {
    return new ParsedJudge(model, unparsable);
  }

  @Override
  public List<Verdict<PairScores>> compare(List<PairToJudge> pairs) {
    return verdicts(
        pairs.stream().map(pair -> JudgePrompts.compare(pair) + SCORES).toList(),
        ParsedJudge::scores,
        new PairScores(NEUTRAL_SCORE, NEUTRAL_SCORE));
  }

  @Override
  public List<Verdict<Double>> grade(List<AnswerToGrade> answers, Rubric rubric) {
    return verdicts(
        answers.stream().map(answer -> JudgePrompts.grade(answer, rubric) + VERDICT).toList(),
        ParsedJudge::yes,
        NEUTRAL_GRADE);
  }

  private <T> List<Verdict<T>> verdicts(
      List<String> prompts, Function<String, Optional<T>> parse, T neutral) {
    Map<Integer, String> texts = texts(prompts);
    List<Verdict<T>> verdicts = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      String text = texts.get(i);
      if (text == null) {
        verdicts.add(Verdict.none(Scoring.TOO_LONG, "the prompt does not fit the context"));
      } else {
        Optional<T> parsed = parse.apply(text);
        if (parsed.isEmpty() && unparsable == Unparsable.SKIP) {
          verdicts.add(Verdict.none(UNPARSABLE, text));
        } else {
          verdicts.add(Verdict.of(parsed.orElse(neutral), text));
        }
      }
    }
    return verdicts;
  }

  /** What the model writes after each prompt that fits. */
  private Map<Integer, String> texts(List<String> prompts) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      String prompt = prompts.get(i).stripTrailing();
      if (model.countTokens(prompt) + OPTIONS.maxNewTokens() <= model.contextLength()) {
        requests.add(new GenerationRequest(String.valueOf(i), prompt));
      }
    }
    Map<Integer, String> texts = new LinkedHashMap<>();
    if (!requests.isEmpty()) {
      for (Generation generation : model.generate(requests, OPTIONS)) {
        texts.put(Integer.valueOf(generation.id()), generation.text());
      }
    }
    return texts;
  }

  static Optional<PairScores> scores(String text) {
    for (String line : text.lines().toList()) {
      List<Double> numbers = new ArrayList<>();
      Matcher matcher = NUMBER.matcher(OUT_OF_TEN.matcher(line).replaceAll(""));
      while (matcher.find()) {
        numbers.add(Double.valueOf(matcher.group()));
      }
      if (numbers.size() == 2 && numbers.stream().allMatch(n -> n <= HIGHEST)) {
        return Optional.of(new PairScores(numbers.get(0), numbers.get(1)));
      }
    }
    return Optional.empty();
  }

  static Optional<Double> yes(String text) {
    Matcher matcher = YES_OR_NO.matcher(text);
    return matcher.find()
        ? Optional.of(matcher.group().toLowerCase(Locale.ROOT).equals("yes") ? 1.0 : 0.0)
        : Optional.empty();
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("judge", "parsed")
        .add("model", model.fingerprint())
        .add("prompts", JudgePrompts.settings())
        .add("ask", List.of(SCORES, VERDICT))
        .add("sampling", OPTIONS.summary())
        .add("unparsable", unparsable.name().toLowerCase(Locale.ROOT))
        .build();
  }

  @Override
  public Optional<String> fingerprint() {
    return Optional.of(model.fingerprint());
  }
}
