package io.selfalign.principle;

import com.google.common.base.Suppliers;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.JsonLines;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.pipeline.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a model whether an answer breaks one of the principles, right behind the answer: principles,
 * exemplars and request stand before it, as when it was written. So a model that has just written
 * the answer reads the short question alone. Nothing is generated or parsed: the log-probabilities
 * of {@code " Yes"} and {@code " No"} are compared,
 *
 * <pre>{@code
 * logOdds = log p(" Yes" | question) - log p(" No" | question)      in nats
 * unsafe  = logOdds > bound
 * }</pre>
 *
 * <p>Before it is used, the check is measured, once, on {@linkplain CheckPair labelled pairs} of
 * answers: {@link #selfCheck} has the AUC, the probability that an answer that breaks a principle
 * has higher log-odds than one that doesn't, and the bound, for models lean towards one of the two
 * words. The bound is chosen among those over which at most {@value #DEFAULT_MAX_FALSE_DROPS} of
 * the answers that keep the principles lie, unless another share is set, for good answers are far
 * more frequent than bad ones. With an AUC below {@value #DEFAULT_MIN_AUC}, unless another is set,
 * or where no such bound finds any answer that breaks a principle, the check takes every answer for
 * safe without asking, and one warning says so. {@link PrincipleDrivenAlignment} keeps the
 * measurement in its run.
 *
 * <p>{@link PrincipleDrivenAlignment} leaves room for the question after every answer. An answer
 * that is too long to be asked about all the same, as by another model with a shorter context, is
 * dropped.
 *
 * <p>Safe for use by several threads.
 */
public final class PrincipleCheck implements SafetyFilter {
  /** The least AUC with which a check is used. */
  public static final double DEFAULT_MIN_AUC = 0.75;

  /** The largest share of answers that keep the principles over the bound: 2 of 40. */
  public static final double DEFAULT_MAX_FALSE_DROPS = 0.05;

  /** The answers of so many exemplars of a pool are measured, the first ones. */
  private static final int MOST_EXEMPLARS = 32;

  private static final String YES = " Yes";
  private static final String NO = " No";
  private static final String QUESTION = "\n\n# Review\nDoes this answer break one of the rules?";
  private static final Logger LOG = LoggerFactory.getLogger(PrincipleCheck.class);

  private final BaseModel model;
  private final PromptFrame frame;
  private final double margin;
  private final double minAuc;
  private final double maxFalseDrops;
  private final List<CheckPair> pairs;
  private final Supplier<SelfCheck> selfCheck;
  private final Supplier<Integer> questionTokens;

  private PrincipleCheck(Builder options) {
    model = options.model;
    frame = options.frame;
    margin = options.margin;
    minAuc = options.minAuc;
    maxFalseDrops = options.maxFalseDrops;
    pairs = options.pairs;
    questionTokens =
        Suppliers.memoize(
            () -> Math.max(model.countTokens(QUESTION + YES), model.countTokens(QUESTION + NO)));
    selfCheck =
        options.measured.isPresent()
            ? options.measured::orElseThrow
            : Suppliers.memoize(() -> told(measure()));
  }

  /**
   * A check with the defaults.
   *
   * @throws IllegalArgumentException if the frame has no principles
   */
  public static PrincipleCheck of(BaseModel model, PromptFrame frame) {
    return builder(model, frame).build();
  }

  /**
   * A builder with the defaults.
   *
   * @param model answers; it need not be the one that wrote what is judged, but then it has to read
   *     all of that first
   * @param frame has the principles, and exemplars: the log-odds of an answer of the first 32 of
   *     its pool are never over the bound before the margin is added
   * @throws IllegalArgumentException if the frame has no principles
   */
  public static Builder builder(BaseModel model, PromptFrame frame) {
    if (frame.principles().isEmpty()) {
      throw new IllegalArgumentException(
          "the frame has no principles that an answer could break; use SafetyFilter.none()");
    }
    return new Builder(model, frame);
  }

  /**
   * How well the model tells answers apart. Measured once for this object, at the first call of
   * this or of {@link #judge}: two answers of each pair are asked about, some 8,000 tokens besides
   * the prompt in all.
   */
  public SelfCheck selfCheck() {
    return selfCheck.get();
  }

  /** This check with what it was measured at before. */
  PrincipleCheck measuredAs(SelfCheck before) {
    Builder options =
        new Builder(model, frame)
            .margin(margin)
            .minAuc(minAuc)
            .maxFalseDrops(maxFalseDrops)
            .pairs(pairs);
    options.measured = Optional.of(told(before));
    return options.build();
  }

  @Override
  public List<Optional<String>> judge(List<Candidate> candidates) {
    if (candidates.isEmpty() || !selfCheck().used()) {
      return candidates.stream().map(c -> Optional.<String>empty()).toList();
    }
    double bound = selfCheck().bound();
    List<String> questions = new ArrayList<>();
    for (Candidate candidate : candidates) {
      questions.add(prompt(candidate) + shown(candidate) + QUESTION);
    }
    List<Optional<Double>> logOdds = logOdds(questions);
    List<Optional<String>> verdicts = new ArrayList<>();
    for (Optional<Double> odds : logOdds) {
      verdicts.add(
          odds.isEmpty()
              ? Optional.of("not checked: the question does not fit the model's context")
              : AnswerFilters.reason(
                  odds.get() > bound,
                  "log-odds " + AnswerFilters.figure(odds.get()) + " that it breaks a principle"));
    }
    return verdicts;
  }

  /**
   * The prompt under which the answer was written, unless that had other principles than the check.
   */
  private String prompt(Candidate candidate) {
    String text = candidate.prompt().text();
    Query query = candidate.query();
    return text.startsWith(frame.head() + "\n")
        ? text
        : frame.prompt(query, RecordRandom.of(0, "check", query.id())).text();
  }

  /**
   * The reply up to the end of what is kept of its answer: as it was written, so that the model
   * need not read it again, unless something was cut from its midst.
   */
  private String shown(Candidate candidate) {
    String written = candidate.written();
    String thoughts = candidate.reply().thoughts();
    int from = written.indexOf(thoughts) + thoughts.length();
    int at = written.indexOf(candidate.answer(), from);
    if (from < thoughts.length() || at < 0 || !isAnswerMarker(written.substring(from, at))) {
      return frame.markers().continuation(thoughts, candidate.answer());
    }
    return written.substring(0, at + candidate.answer().length());
  }

  private boolean isAnswerMarker(String text) {
    return frame
        .markers()
        .find(text.strip())
        .filter(found -> found.part() == TurnMarkers.Part.ANSWER && found.rest().isBlank())
        .isPresent();
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("check", "principles")
        .add("model", model.fingerprint())
        .add("frame", frame.settings())
        .add("question", QUESTION)
        .add("pairs", pairs.size())
        .add("pairs_sha256", pairsSha256())
        .add("min_auc", minAuc)
        .add("max_false_drops", maxFalseDrops)
        .add("margin", margin)
        .build();
  }

  /** How many tokens the question has, with the word that answers it. */
  int questionTokens() {
    return questionTokens.get();
  }

  /**
   * Checks that a reply can be asked about.
   *
   * @param newTokens the most tokens that thoughts and answer have together where room is short
   * @throws IllegalArgumentException if a short request with such a reply does not fit, naming the
   *     lengths and what to change
   */
  void checkRoom(int newTokens) {
    Prompt prompt =
        frame.prompt(Query.of("shortest", "Hi"), RecordRandom.of(0, "check", "shortest"));
    int tokens = model.countTokens(prompt.text() + QUESTION + YES);
    int context = model.contextLength();
    if ((long) tokens + newTokens > context) {
      throw new IllegalArgumentException(
          String.format(
              "the prompt with the question whether an answer breaks a principle has %d tokens, which"
                  + " with a reply of %d is over the %d of the model's context; show fewer"
                  + " exemplars, take fewer principles, generate fewer tokens, or use another"
                  + " safety filter, such as SafetyFilter.none()",
              tokens, newTokens, context));
    }
  }

  /** For each question the log-odds of Yes; nothing for one that does not fit. */
  private List<Optional<Double>> logOdds(List<String> questions) {
    int verdict = Math.max(model.countTokens(YES), model.countTokens(NO));
    List<ScoreRequest> requests = new ArrayList<>();
    List<Optional<Integer>> places = new ArrayList<>();
    for (String question : questions) {
      if (model.countTokens(question) + verdict > model.contextLength()) {
        places.add(Optional.empty());
      } else {
        places.add(Optional.of(requests.size()));
        requests.add(new ScoreRequest(requests.size() + "-yes", question, YES));
        requests.add(new ScoreRequest(requests.size() + "-no", question, NO));
      }
    }
    List<Score> scores = requests.isEmpty() ? List.of() : model.score(requests);
    return places.stream()
        .map(
            place ->
                place.map(i -> scores.get(i).logProbability() - scores.get(i + 1).logProbability()))
        .toList();
  }

  private SelfCheck measure() {
    List<CheckPair> ofFrame =
        pairs.stream().filter(p -> frame.principles().find(p.principle()).isPresent()).toList();
    List<Exemplar> answers = new ArrayList<>();
    for (CheckPair pair : ofFrame) {
      answers.add(example(pair, pair.breaks()));
      answers.add(example(pair, pair.keeps()));
    }
    List<Optional<Double>> odds = logOddsOf(answers);
    List<double[]> measured = new ArrayList<>();
    for (int i = 0; i < odds.size(); i += 2) {
      Optional<Double> keeping = odds.get(i + 1);
      odds.get(i)
          .flatMap(breaks -> keeping.map(keeps -> new double[] {breaks, keeps}))
          .ifPresent(measured::add);
    }
    double[] breaking = measured.stream().mapToDouble(pair -> pair[0]).toArray();
    double[] keeping = measured.stream().mapToDouble(pair -> pair[1]).toArray();
    List<Exemplar> pool = frame.exemplars().pool();
    List<Double> exemplars =
        logOddsOf(pool.subList(0, Math.min(MOST_EXEMPLARS, pool.size()))).stream()
            .flatMap(Optional::stream)
            .toList();
    Auc auc = Auc.of(breaking, keeping);
    double bound = SelfCheck.bound(breaking, keeping, exemplars, maxFalseDrops) + margin;
    return new SelfCheck(
        model.fingerprint(),
        measured.size(),
        pairs.size() - ofFrame.size(),
        ofFrame.size() - measured.size(),
        auc.value(),
        auc.low(),
        auc.high(),
        minAuc,
        bound,
        SelfCheck.shareOver(breaking, bound),
        SelfCheck.shareOver(keeping, bound),
        maxFalseDrops);
  }

  private static Exemplar example(CheckPair pair, String answer) {
    Exemplar.Turn turn = new Exemplar.Turn(pair.request(), List.of(pair.thought()), answer);
    return new Exemplar(pair.id(), List.of(turn));
  }

  /** Of every turn of the exemplars. */
  private List<Optional<Double>> logOddsOf(List<Exemplar> exemplars) {
    return logOdds(
        exemplars.stream()
            .flatMap(exemplar -> frame.answered(exemplar).stream())
            .map(answered -> answered + QUESTION)
            .toList());
  }

  /** Says what a measurement means for the answers. */
  private SelfCheck told(SelfCheck measured) {
    if (measured.used()) {
      LOG.info("model {} checks whether answers break a principle: {}", measured.model(), measured);
    } else if (measured.pairs() == 0) {
      LOG.warn(
          "no answer is checked whether it breaks a principle, for there is nothing to measure the check"
              + " of model {} on: of {} pairs, {} break a principle that is not among {}, and {} are"
              + " too long; give pairs of your own, a SafetyFilter of your own, or"
              + " SafetyFilter.none()",
          measured.model(),
          pairs.size(),
          measured.otherPrinciples(),
          frame.principles().names(),
          measured.tooLong());
    } else if (measured.auc() >= measured.minAuc()) {
      LOG.warn(
          "no answer is checked whether it breaks a principle, for no bound of the log-odds finds one that"
              + " does and drops at most {} of those that don't, as model {} sees them: {}; take a"
              + " larger model, allow more false drops, or take a SafetyFilter of your own, such as a"
              + " classifier, or SafetyFilter.none()",
          SelfCheck.percent(measured.maxFalseDrops()),
          measured.model(),
          measured);
    } else {
      LOG.warn(
          "no answer is checked whether it breaks a principle, for model {} can't tell those that do: {},"
              + " but must be at least {} (0.5 is a coin toss); take a larger model, a SafetyFilter"
              + " of your own, such as a classifier, or SafetyFilter.none()",
          measured.model(),
          measured,
          measured.minAuc());
    }
    return measured;
  }

  private String pairsSha256() {
    Hasher hasher = Hashing.sha256().newHasher();
    pairs.forEach(pair -> hasher.putBytes(JsonLines.encode(pair)));
    return hasher.hash().toString();
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private final BaseModel model;
    private final PromptFrame frame;
    private double margin;
    private double minAuc = DEFAULT_MIN_AUC;
    private double maxFalseDrops = DEFAULT_MAX_FALSE_DROPS;
    private List<CheckPair> pairs = CheckPairs.standard();
    private Optional<SelfCheck> measured = Optional.empty();

    private Builder(BaseModel model, PromptFrame frame) {
      this.model = model;
      this.frame = frame;
    }

    /**
     * What is added to the measured bound, in nats: more lets more through, less than 0 drops more,
     * also more good answers than {@link #maxFalseDrops} allows; 0 by default.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    @CanIgnoreReturnValue
    public Builder margin(double newMargin) {
      if (!Double.isFinite(newMargin)) {
        throw new IllegalArgumentException("margin is " + newMargin + ", but must be finite");
      }
      margin = newMargin;
      return this;
    }

    /**
     * The least AUC with which the check is used; {@value PrincipleCheck#DEFAULT_MIN_AUC} by
     * default. 0 uses it whatever it is measured at.
     *
     * @throws IllegalArgumentException if it is not between 0 and 1
     */
    @CanIgnoreReturnValue
    public Builder minAuc(double newMinAuc) {
      minAuc = checkedShare("minAuc", newMinAuc);
      return this;
    }

    /**
     * The largest share of the pairs' answers that keep the principles over the bound; {@value
     * PrincipleCheck#DEFAULT_MAX_FALSE_DROPS} by default, which is 2 of 40.
     *
     * @throws IllegalArgumentException if it is not between 0 and 1
     */
    @CanIgnoreReturnValue
    public Builder maxFalseDrops(double newShare) {
      maxFalseDrops = checkedShare("maxFalseDrops", newShare);
      return this;
    }

    private static double checkedShare(String option, double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException(
            option + " is " + share + ", but must be between 0 and 1");
      }
      return share;
    }

    /**
     * What the check is measured on; {@link CheckPairs#standard} by default. Pairs that break a
     * principle which the frame doesn't have are not used, so rules of one's own need pairs of
     * one's own.
     */
    @CanIgnoreReturnValue
    public Builder pairs(List<CheckPair> newPairs) {
      pairs = List.copyOf(newPairs);
      return this;
    }

    /** The check. */
    public PrincipleCheck build() {
      return new PrincipleCheck(this);
    }
  }
}
