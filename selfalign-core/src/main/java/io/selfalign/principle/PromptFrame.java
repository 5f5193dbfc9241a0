package io.selfalign.principle;

import com.google.common.base.Suppliers;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.internal.text.TurnMarker;
import io.selfalign.model.FinishReason;
import io.selfalign.pipeline.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The prompt of stage 2 and how its continuation is read, as one object: who the assistant is, the
 * principles, the exemplars, and the marks by which user, thoughts and answer are told apart.
 *
 * <pre>
 * introduction
 *
 * # Rules
 * 1 (ethical). ...
 * 2 (informative). ...
 *
 * # Conversation
 * ## User
 * the first exemplar's question
 *
 * ## Private notes
 * self-identification and the exemplar's thoughts
 *
 * ## Alina
 * the exemplar's answer
 *
 * # Conversation
 * ## User
 * the query
 *
 * ## Private notes
 * </pre>
 *
 * <p>The principles come before the exemplars, so that all prompts share them even where exemplars
 * vary. In every text that is set here, and in principles and exemplars, {@code {persona}} stands
 * for the persona's name and {@code {cutoff}} for the date up to which the model has read; a query
 * is shown as it is.
 *
 * <p>Immutable and safe for use by several threads, if its {@link ExemplarSelector} is.
 */
public final class PromptFrame {
  static final String PERSONA = "{persona}";
  static final String CUTOFF = "{cutoff}";

  private final Builder options;
  private final String head;
  private final Map<String, String> conversations = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private final TurnMarkers markers;
  private final Supplier<FrameSpeech> speech;

  private PromptFrame(Builder builder) {
    options = builder.copy();
    markers =
        new TurnMarkers(
            marker("userMarker", options.userMarker),
            marker("thoughtMarker", options.thoughtMarker),
            marker("answerMarker", options.answerMarker),
            options.conversationMarker.isEmpty()
                ? Optional.empty()
                : Optional.of(marker("conversationMarker", options.conversationMarker)));
    head = head();
    ExemplarText text = exemplarText();
    for (Exemplar exemplar : options.exemplars.pool()) {
      conversations.put(exemplar.id(), text.of(named(exemplar), leftOut));
    }
    checkPrinciplesAreNamed();
    speech = Suppliers.memoize(() -> speech(text));
  }

  /** The standard principles and exemplars, with a persona named Alina. */
  public static PromptFrame standard() {
    return builder().build();
  }

  /** A builder that starts from the standard frame. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this frame. */
  public Builder toBuilder() {
    return options.copy();
  }

  /** The assistant's name. */
  public String persona() {
    return options.persona;
  }

  /** Up to when the model has read, in words. */
  public String cutoff() {
    return options.cutoff;
  }

  /** The principles. */
  public PrincipleSet principles() {
    return options.principles;
  }

  /** Chooses the exemplars. */
  public ExemplarSelector exemplars() {
    return options.exemplars;
  }

  /** The sentence that thoughts begin with, with the persona's name in it. */
  public String selfIdentification() {
    return named(options.selfIdentification);
  }

  /** Introduction and principles: what the prompts of all queries begin with. */
  public String head() {
    String principles =
        options.principles.isEmpty()
            ? ""
            : "\n\n" + options.principlesHeading + "\n" + options.principles;
    return named(options.introduction + principles);
  }

  /**
   * What exemplars don't show, because it speaks of principles that are not there: sentences, and
   * names in lists of principles; each with its exemplar.
   */
  public List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Finds answers that speak of this frame. */
  public FrameSpeech speech() {
    return speech.get();
  }

  private FrameSpeech speech(ExemplarText text) {
    FrameSpeech.Builder builder =
        FrameSpeech.builder()
            .persona(options.persona)
            .text(named(options.introduction))
            .selfIdentification(selfIdentification());
    markers.turns().forEach(marker -> builder.marker(marker.core()));
    if (!options.principles.isEmpty()) {
      builder.principles(options.principles.names()).principleWord(options.principlesHeading);
      builder.principleWord(ExemplarText.PRINCIPLE_WORD);
      options.principles.principles().forEach(p -> builder.text(named(p.text())));
    }
    for (Exemplar exemplar : options.exemplars.pool()) {
      Exemplar named = named(exemplar);
      named.turns().forEach(turn -> builder.exemplar(text.ownThoughts(named, turn), turn.answer()));
    }
    return builder.build();
  }

  /** A user's marker, its thoughts' and its answer's: what the reply is told apart by. */
  TurnMarkers markers() {
    return markers;
  }

  /** What ends a generation: the beginning of another turn or conversation. */
  public List<String> stop() {
    return markers.stop();
  }

  /** What ends thoughts: the beginning of an answer, another turn or conversation. */
  public List<String> thoughtStop() {
    return markers.thoughtStop();
  }

  /**
   * What ends an answer that is generated by itself: the beginning of anything else, also of
   * another answer.
   */
  public List<String> answerStop() {
    return markers.answerStop();
  }

  /**
   * The prompt of a query: it ends where the thoughts begin. The space of an inline marker is left
   * to the model, because tokenizers keep it in the token that begins a word.
   *
   * @param random the random numbers of the query's record, for a selector that draws
   * @throws IllegalStateException if the selector chooses an exemplar that is not in its pool
   */
  public Prompt prompt(Query query, RecordRandom random) {
    List<Exemplar> exemplars = options.exemplars.select(query, random);
    StringBuilder text = new StringBuilder(head).append("\n\n");
    for (Exemplar exemplar : exemplars) {
      String conversation = conversations.get(exemplar.id());
      if (conversation == null) {
        throw new IllegalStateException(
            "the selector chose exemplar '" + exemplar.id() + "', which is not in its pool");
      }
      text.append(conversation);
    }
    text.append(markers.conversationText())
        .append(markers.user().text())
        .append(query.text().strip())
        .append("\n\n")
        .append(markers.thoughtOpening());
    return new Prompt(text.toString(), exemplars.stream().map(this::named).toList());
  }

  /**
   * Tells thoughts and answer apart in what a model wrote after a prompt of this frame.
   *
   * @param reason why the generation ended
   */
  public Reply parse(String text, FinishReason reason) {
    return new ReplyParser(markers).parse(text, reason);
  }

  /**
   * Whether thoughts begin with the self-identification; how words are separated does not matter.
   */
  public boolean identifiesItself(String thoughts) {
    return oneLine(thoughts).startsWith(oneLine(selfIdentification()));
  }

  /** A line of a text that would be taken for a turn's beginning, if there is one. */
  public Optional<String> markedLine(String text) {
    return text.lines().filter(line -> markers.find(line).isPresent()).findFirst();
  }

  /** Everything that decides the prompts. */
  public Settings settings() {
    return Settings.builder()
        .add("persona", options.persona)
        .add("cutoff", options.cutoff)
        .add("introduction", options.introduction)
        .add("principles_heading", options.principlesHeading)
        .add("principles", options.principles.principles())
        .add("self_identification", options.selfIdentification)
        .add("conversation_marker", options.conversationMarker)
        .add("user_marker", options.userMarker)
        .add("thought_marker", options.thoughtMarker)
        .add("answer_marker", options.answerMarker)
        .add("exemplar_selector", options.exemplars.settings())
        .add("exemplars", options.exemplars.pool())
        .build();
  }

  private ExemplarText exemplarText() {
    return new ExemplarText(options.principles, selfIdentification(), markers);
  }

  /**
   * For each turn of an exemplar a prompt for the exemplar's first question, with everything up to
   * the end of the turn's answer.
   */
  List<String> answered(Exemplar exemplar) {
    Exemplar named = named(exemplar);
    Query query = Query.of(exemplar.id(), named.turns().get(0).query());
    String prompt = prompt(query, RecordRandom.of(0, "exemplar", exemplar.id())).text();
    return exemplarText().continuations(named).stream().map(prompt::concat).toList();
  }

  /** A text with the persona's name and the cut-off in it. */
  String named(String text) {
    return text.replace(PERSONA, options.persona).replace(CUTOFF, options.cutoff);
  }

  private Exemplar named(Exemplar exemplar) {
    List<Exemplar.Turn> turns =
        exemplar.turns().stream()
            .map(
                turn ->
                    new Exemplar.Turn(
                        named(turn.query()),
                        turn.thoughts().stream().map(this::named).toList(),
                        named(turn.answer())))
            .toList();
    return new Exemplar(exemplar.id(), turns);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private TurnMarker marker(String option, String text) {
    try {
      return new TurnMarker(named(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + " " + e.getMessage(), e);
    }
  }

  private void checkPrinciplesAreNamed() {
    List<String> named =
        options.exemplars.pool().stream().flatMap(e -> e.principles().stream()).distinct().toList();
    boolean noneKnown = named.stream().noneMatch(n -> options.principles.find(n).isPresent());
    if (!options.principles.isEmpty() && !named.isEmpty() && noneKnown) {
      throw new IllegalArgumentException(
          "the exemplars name the principles "
              + named
              + ", of which the principles have none; they are "
              + options.principles.names()
              + ". Give exemplars that go with them, or ExemplarSelector.none()");
    }
  }

  /** Collects the parts of a frame; not safe for use by several threads. */
  public static final class Builder {
    private String persona = "Alina";
    private String cutoff = "some past date";
    private String introduction =
        """
        {persona} is an AI assistant that reads and writes text. It wants to be useful, honest and \
        harmless, and keeps to the numbered rules below. Before each answer it writes notes, which \
        the user doesn't see: the topic, what limits the answer, and the rules that apply. Then it \
        answers the user.\
        """;
    private String principlesHeading = "# Rules";
    private PrincipleSet principles = PrincipleSet.standard();
    private ExemplarSelector exemplars = ExemplarSelector.all();
    private String selfIdentification = "(I am {persona}.";
    private String conversationMarker = "# Conversation\n";
    private String userMarker = "## User\n";
    private String thoughtMarker = "## Private notes\n";
    private String answerMarker = "## {persona}\n";

    private Builder() {}

    private Builder copy() {
      return new Builder()
          .persona(persona)
          .cutoff(cutoff)
          .introduction(introduction)
          .principlesHeading(principlesHeading)
          .principles(principles)
          .exemplars(exemplars)
          .selfIdentification(selfIdentification)
          .conversationMarker(conversationMarker)
          .userMarker(userMarker)
          .thoughtMarker(thoughtMarker)
          .answerMarker(answerMarker);
    }

    /** The assistant's name; "Alina" by default. */
    @CanIgnoreReturnValue
    public Builder persona(String newPersona) {
      persona = checkedLine("persona", newPersona);
      return this;
    }

    /**
     * Up to when the model has read, in words that follow "up to": {@code "June 2024"}; "some past
     * date" by default. It stands for {@code {cutoff}} in principles, exemplars and the frame's own
     * texts.
     */
    @CanIgnoreReturnValue
    public Builder cutoff(String newCutoff) {
      cutoff = checkedLine("cutoff", newCutoff);
      return this;
    }

    /** What the prompt begins with. */
    @CanIgnoreReturnValue
    public Builder introduction(String newIntroduction) {
      introduction = checkedText("introduction", newIntroduction);
      return this;
    }

    /** The line before the principles. */
    @CanIgnoreReturnValue
    public Builder principlesHeading(String newHeading) {
      principlesHeading = checkedText("principlesHeading", newHeading);
      return this;
    }

    /** The principles; {@link PrincipleSet#standard} by default. */
    @CanIgnoreReturnValue
    public Builder principles(PrincipleSet newPrinciples) {
      principles = newPrinciples;
      return this;
    }

    /** Chooses the exemplars; {@link ExemplarSelector#all()} by default. */
    @CanIgnoreReturnValue
    public Builder exemplars(ExemplarSelector newExemplars) {
      exemplars = newExemplars;
      return this;
    }

    /** The sentence that all thoughts begin with, by which a reply is known to be one. */
    @CanIgnoreReturnValue
    public Builder selfIdentification(String sentence) {
      selfIdentification = checkedLine("selfIdentification", sentence);
      return this;
    }

    /**
     * What separates one conversation from the next, so that a model can tell a new question from a
     * follow-up; empty for nothing. See {@link #userMarker} for its form.
     */
    @CanIgnoreReturnValue
    public Builder conversationMarker(String marker) {
      conversationMarker = marker;
      return this;
    }

    /**
     * What comes before a user's text: a line of its own, with a line break at its end, or the
     * beginning of the first line, with a space at its end. It also ends an answer.
     */
    @CanIgnoreReturnValue
    public Builder userMarker(String marker) {
      userMarker = marker;
      return this;
    }

    /** What comes before thoughts. See {@link #userMarker} for its form. */
    @CanIgnoreReturnValue
    public Builder thoughtMarker(String marker) {
      thoughtMarker = marker;
      return this;
    }

    /** What comes before an answer. See {@link #userMarker} for its form. */
    @CanIgnoreReturnValue
    public Builder answerMarker(String marker) {
      answerMarker = marker;
      return this;
    }

    /**
     * The frame.
     *
     * @throws IllegalArgumentException if a marker is blank or has several lines, two markers are
     *     the same, an exemplar has a line that would be taken for a marker, or the exemplars name
     *     principles of which the principles have none
     */
    public PromptFrame build() {
      return new PromptFrame(this);
    }

    private static String checkedLine(String option, String text) {
      if (checkedText(option, text).lines().count() > 1) {
        throw new IllegalArgumentException(option + " has a line break, but must be one line");
      }
      return text.strip();
    }

    private static String checkedText(String option, String text) {
      if (text.isBlank()) {
        throw new IllegalArgumentException(option + " is blank, but must be a text");
      }
      return text;
    }
  }
}
