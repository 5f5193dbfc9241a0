package io.selfalign.eval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Drop;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A judge compares a system's answers with another's, as in the Vicuna benchmark, each pair in both
 * orders. Figures of a pair, of which results have the means:
 *
 * <ul>
 *   <li>{@code win}, {@code tie}, {@code loss}: the answer is preferred in both orders, or in one
 *       with a tie in the other; a preference that turns with the order is a tie;
 *   <li>{@code score}, {@code other_score}: the mean over the orders of what the judge gives, and,
 *       of all pairs and of each category, {@code relative_score}: the sum of the scores by that of
 *       the other's;
 *   <li>{@code order_flip}: 1 if the orders prefer different answers, and {@code first_preferred}:
 *       how often the answer shown first is preferred, which is 1/2 of a judge that does not look
 *       at the order;
 *   <li>{@code longer_preferred}: how often the longer answer (in Unicode code points) is
 *       preferred, of pairs of different lengths; far over 1/2, the judge may look at length;
 *   <li>{@code own_model_preferred}: how often the judge prefers its own model's answer, where it
 *       has one of the two models' fingerprint. What of that is merit only another judge can tell.
 * </ul>
 *
 * <p>Records and results name the other system and its model's fingerprint, results only if it is
 * the same for all pairs.
 *
 * <p>A pair that the judge has no verdict on, in one order or both, is in the ledger for the
 * judge's reason. Immutable and safe for use by several threads, as the judge is.
 */
public final class PairwiseEvaluation implements Evaluation<AnswerPair, JudgedPair> {
  /** The benchmark's name, and the stage's, unless others are set. */
  public static final String NAME = "vicuna";

  /** The share of pairs that the measured system wins. */
  public static final String WIN = "win";

  /** The share of pairs that nobody wins. */
  public static final String TIE = "tie";

  /** The share of pairs that the other system wins. */
  public static final String LOSS = "loss";

  /** The mean score of the measured system's answers. */
  public static final String SCORE = "score";

  /** The mean score of the other system's answers. */
  public static final String OTHER_SCORE = "other_score";

  /** The sum of the measured system's scores by that of the other's. */
  public static final String RELATIVE_SCORE = "relative_score";

  /** The share of pairs of which the preference turns with the order. */
  public static final String ORDER_FLIP = "order_flip";

  /** How often the answer that is shown first is preferred. */
  public static final String FIRST_PREFERRED = "first_preferred";

  /** How often the longer answer is preferred. */
  public static final String LONGER_PREFERRED = "longer_preferred";

  /** How often the answer of the judge's own model is preferred. */
  public static final String OWN_MODEL_PREFERRED = "own_model_preferred";

  private final Judge judge;
  private final String name;
  private final String benchmark;
  private final String modelName;
  private final String modelFingerprint;
  private final String promptStyle;
  private final int unitSize;

  private PairwiseEvaluation(Builder builder) {
    judge = builder.judge;
    name = builder.name;
    benchmark = builder.benchmark;
    modelName = builder.modelName;
    modelFingerprint = builder.modelFingerprint;
    promptStyle = builder.promptStyle;
    unitSize = builder.unitSize;
  }

  /** A builder for the answers of a stage, which a judge is to compare with others. */
  public static Builder builder(Judge judge, AnswerGeneration answers) {
    return new Builder(
        judge, answers.model().name(), answers.model().fingerprint(), answers.style().name());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String benchmark() {
    return benchmark;
  }

  @Override
  public String modelName() {
    return modelName;
  }

  @Override
  public String modelFingerprint() {
    return modelFingerprint;
  }

  @Override
  public String promptStyle() {
    return promptStyle;
  }

  @Override
  public Class<AnswerPair> inputType() {
    return AnswerPair.class;
  }

  @Override
  public Class<JudgedPair> outputType() {
    return JudgedPair.class;
  }

  @Override
  public int unitSize() {
    return unitSize;
  }

  @Override
  public Settings settings() {
    return Settings.builder().add("benchmark", benchmark).add("judge", judge.settings()).build();
  }

  @Override
  public Unit<JudgedPair> process(List<AnswerPair> batch, UnitContext context) {
    List<PairToJudge> asked = new ArrayList<>();
    for (AnswerPair pair : batch) {
      asked.add(new PairToJudge(pair.id() + "-1", pair.question(), pair.answer(), pair.other()));
      asked.add(new PairToJudge(pair.id() + "-2", pair.question(), pair.other(), pair.answer()));
    }
    List<Verdict<PairScores>> verdicts = judge.compare(asked);
    Verdicts.checkCount(verdicts, asked);
    Unit.Builder<JudgedPair> unit = Unit.builder();
    for (int i = 0; i < batch.size(); i++) {
      AnswerPair pair = batch.get(i);
      Verdict<PairScores> first = verdicts.get(2 * i);
      Verdict<PairScores> last = verdicts.get(2 * i + 1);
      Optional<Drop> drop =
          Verdicts.drop(pair.id(), first).or(() -> Verdicts.drop(pair.id(), last));
      drop.ifPresentOrElse(unit::drop, () -> unit.keep(judged(pair, first, last)));
    }
    return unit.build();
  }

  private JudgedPair judged(
      AnswerPair pair, Verdict<PairScores> shownFirst, Verdict<PairScores> shownLast) {
    PairScores first = shownFirst.value().orElseThrow();
    PairScores last = shownLast.value().orElseThrow();
    double preferredFirst = Math.signum(first.first() - first.second());
    double preferredLast = Math.signum(last.second() - last.first());
    double preferred = Math.signum(preferredFirst + preferredLast);
    SortedMap<String, Double> figures = new TreeMap<>();
    SortedMap<String, Double> chance = new TreeMap<>();
    figures.put(WIN, preferred > 0 ? 1.0 : 0.0);
    figures.put(TIE, preferred == 0 ? 1.0 : 0.0);
    figures.put(LOSS, preferred < 0 ? 1.0 : 0.0);
    figures.put(SCORE, (first.first() + last.second()) / 2);
    figures.put(OTHER_SCORE, (first.second() + last.first()) / 2);
    figures.put(ORDER_FLIP, preferredFirst * preferredLast < 0 ? 1.0 : 0.0);
    figures.put(FIRST_PREFERRED, share(preferredFirst - preferredLast));
    double share = share(preferredFirst + preferredLast);
    int longer = Integer.compare(length(pair.answer()), length(pair.other()));
    if (longer != 0) {
      figures.put(LONGER_PREFERRED, longer > 0 ? share : 1 - share);
    }
    boolean own = judge.fingerprint().isPresent() && judge.fingerprint().equals(pair.fingerprint());
    boolean others =
        judge.fingerprint().isPresent()
            && judge.fingerprint().equals(pair.opponent().fingerprint());
    if (own != others) {
      figures.put(OWN_MODEL_PREFERRED, own ? share : 1 - share);
    }
    for (String name : List.of(FIRST_PREFERRED, LONGER_PREFERRED, OWN_MODEL_PREFERRED)) {
      if (figures.containsKey(name)) {
        chance.put(name, 0.5);
      }
    }
    return new JudgedPair(
        pair.id(),
        List.of(pair.id()),
        pair.group(),
        pair.opponent(),
        first,
        last,
        List.of(shownFirst.text(), shownLast.text()),
        figures,
        chance);
  }

  /** Of two orders, from -1 to 1 each, the share of the positive ones; none counts half. */
  private static double share(double sumOfSigns) {
    return (2 + sumOfSigns) / 4;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  @Override
  public EvaluationResult result(List<JudgedPair> records, List<Drop> drops) {
    List<Metric> relative = new ArrayList<>();
    relativeScore(Optional.empty(), records).ifPresent(relative::add);
    Map<String, List<JudgedPair>> groups = new TreeMap<>();
    for (JudgedPair pair : records) {
      pair.group().ifPresent(g -> groups.computeIfAbsent(g, n -> new ArrayList<>()).add(pair));
    }
    groups.forEach(
        (group, pairs) -> relativeScore(Optional.of(group), pairs).ifPresent(relative::add));
    EvaluationResult result =
        EvaluationResult.of(benchmark, modelName, modelFingerprint, promptStyle, records, drops)
            .with(relative);
    List<Opponent> opponents = records.stream().map(JudgedPair::opponent).distinct().toList();
    return opponents.size() == 1 ? result.against(opponents.get(0)) : result;
  }

  private static Optional<Metric> relativeScore(Optional<String> group, List<JudgedPair> pairs) {
    double[] own = scores(pairs, SCORE);
    double[] other = scores(pairs, OTHER_SCORE);
    boolean defined = Arrays.stream(other).sum() > 0;
    return defined
        ? Optional.of(
            new Metric(
                RELATIVE_SCORE,
                group,
                pairs.size(),
                Interval.ofRatio(own, other),
                Optional.empty()))
        : Optional.empty();
  }

  private static double[] scores(List<JudgedPair> pairs, String name) {
    return pairs.stream().mapToDouble(pair -> pair.figures().getOrDefault(name, 0.0)).toArray();
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private final Judge judge;
    private final String modelName;
    private final String modelFingerprint;
    private final String promptStyle;
    private String name = NAME;
    private String benchmark = NAME;
    private int unitSize = 64;

    private Builder(Judge judge, String modelName, String modelFingerprint, String promptStyle) {
      this.judge = judge;
      this.modelName = modelName;
      this.modelFingerprint = modelFingerprint;
      this.promptStyle = promptStyle;
    }

    /** The stage's name in a run; each model that a run measures needs its own. */
    @CanIgnoreReturnValue
    public Builder name(String newName) {
      name = newName;
      return this;
    }

    /** What results call the benchmark; {@value PairwiseEvaluation#NAME} by default. */
    @CanIgnoreReturnValue
    public Builder benchmark(String newBenchmark) {
      benchmark = newBenchmark;
      return this;
    }

    /**
     * How many pairs are committed, and handed to the judge, together; 64 by default.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    @CanIgnoreReturnValue
    public Builder unitSize(int newSize) {
      if (newSize < 1) {
        throw new IllegalArgumentException("unitSize is " + newSize + ", but must be 1 up");
      }
      unitSize = newSize;
      return this;
    }

    /** The stage. */
    public PairwiseEvaluation build() {
      return new PairwiseEvaluation(this);
    }
  }
}
