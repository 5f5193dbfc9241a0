package io.selfalign.answer;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.pipeline.Settings;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds answers that speak of the frame in which they were asked for: what a user doesn't see and a
 * tuned model must not learn to write. It is told from the frame's own texts, and so works for any
 * frame in any language:
 *
 * <ul>
 *   <li>turn markers, also within a line or spelt in another way;
 *   <li>eight words in a row from a sentence of the introduction, the system text, a principle or
 *       an exemplar's thoughts; or, as a sentence of its own, the whole of a sentence of five to
 *       seven words of all but thoughts, whose short sentences are about their query;
 *   <li>five words in a row from the self-identification, behind the persona's name;
 *   <li>words with which thoughts of several exemplars begin and no answer of theirs does; two of
 *       the labels of thoughts ("Topic:"), or one with a value that recurs ("Limit: none");
 *   <li>principles by number and name, or by the frame's word for them with a number or a name.
 * </ul>
 *
 * <p>What the query says itself does not count, nor what an exemplar's answer says, as where it
 * tells a limit that its thoughts have found, nor the persona's name alone. In scripts without
 * spaces two characters stand for a word.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class FrameSpeech {
  private static final FrameSpeech NONE = builder().build();

  /** So many words in a row are taken from a text. */
  private static final int RUN = 8 * Words.WORD;

  /** Shorter sentences may be anybody's. */
  private static final int LEAST_SENTENCE = 5 * Words.WORD;

  private static final int IDENTIFYING_RUN = 5 * Words.WORD;

  private static final int LONG_WORD = 4;

  private final Builder options;
  private final List<MarkerSpeech> markers;
  private final Citations citations;
  private final FramePhrases texts = new FramePhrases();
  private final FramePhrases shortSentences = new FramePhrases();
  private final FramePhrases abovePrinciples = new FramePhrases();
  private final ThoughtOpenings openings;
  private final ThoughtLabels labels;

  /** What exemplars' answers say, which others may say too. */
  private final String shown;

  private FrameSpeech(Builder builder) {
    options = builder.copy();
    markers = options.markers.stream().distinct().map(MarkerSpeech::new).toList();
    citations = new Citations(options.principles, options.principleWords);
    options.texts.forEach(this::addText);
    for (String thoughts : options.thoughts) {
      for (String sentence : Words.statements(thoughts)) {
        texts.addRuns(RougeTokenizer.UNICODE.tokenize(sentence), RUN, RUN);
      }
    }
    options.selfIdentifications.forEach(this::addSelfIdentification);
    shown = options.answers.stream().map(Words::spaced).collect(Collectors.joining());
    openings = new ThoughtOpenings(options.thoughts, options.answers, citations::hasWord);
    labels = new ThoughtLabels(options.thoughts, options.answers);
  }

  private void addText(String text) {
    for (String sentence : Words.sentences(text)) {
      List<String> words = RougeTokenizer.UNICODE.tokenize(sentence);
      (Words.size(words) < RUN ? shortSentences : texts).addRuns(words, RUN, LEAST_SENTENCE);
    }
  }

  private void addSelfIdentification(String sentence) {
    List<String> words = RougeTokenizer.UNICODE.tokenize(sentence);
    int name = Math.max(0, words.size() / 2 - 1);
    for (String persona : options.personas) {
      List<String> names = RougeTokenizer.UNICODE.tokenize(persona);
      int at = Collections.indexOfSubList(words, names);
      name = at < 0 ? name : at + names.size();
    }
    List<String> rest = words.subList(Math.min(name, words.size()), words.size());
    texts.addRuns(rest, IDENTIFYING_RUN, LEAST_SENTENCE);
    for (int i = 1; i < words.size() - 1; i++) {
      if (citations.hasWord(words.get(i))) {
        abovePrinciples.add(words.subList(i - 1, words.size())); // "the rules above"
      }
    }
  }

  /** Finds nothing. */
  public static FrameSpeech none() {
    return NONE;
  }

  /** A builder of a frame without texts. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this frame. */
  public Builder toBuilder() {
    return options.copy();
  }

  /**
   * What of the frame an answer speaks of, for people; nothing if it doesn't.
   *
   * @param query what was asked; what it says itself does not count
   */
  public Optional<String> find(String query, String answer) {
    String said = Words.spaced(query);
    String prose = MarkerSpeech.prose(answer);
    for (MarkerSpeech marker : markers) {
      Optional<String> found = marker.find(query, said, prose);
      if (found.isPresent()) {
        return found.map(text -> "marker '" + text + "'");
      }
    }
    Optional<String> cited = citations.find(query, prose);
    if (cited.isPresent()) {
      return cited.map(text -> "cites '" + text + "'");
    }
    Words words = Words.of(answer);
    return find(texts, words, said + shown)
        .or(
            () ->
                shortSentences.find(
                    words, words.starts()::get, run -> !Words.says(said + shown, run)))
        .map(run -> "frame's text '" + run + "'")
        .or(
            () ->
                thought(query, words, said)
                    .or(() -> labels.find(said, answer))
                    .or(() -> introduction(query, answer))
                    .map(run -> "as in thoughts '" + run + "'"));
  }

  /** A self-identification in brackets or the like: then the name alone is enough. */
  private Optional<String> introduction(String query, String answer) {
    return options.selfIdentifications.stream()
        .filter(sentence -> !Character.isLetter(sentence.strip().codePointAt(0)))
        .filter(sentence -> answer.contains(sentence.strip()) && !query.contains(sentence.strip()))
        .findFirst();
  }

  private Optional<String> thought(String query, Words words, String said) {
    boolean principlesAsked = citations.hasWord(query);
    Optional<String> cited =
        principlesAsked
            ? Optional.empty()
            : find(openings.anywhere, words, said).or(() -> find(abovePrinciples, words, said));
    return cited.or(
        () -> openings.atSentences.find(words, words.starts()::get, run -> !speaksOf(said, run)));
  }

  /** Whether a query has one of the longer words of a run: it may be its subject. */
  private static boolean speaksOf(String said, String run) {
    return Arrays.stream(run.split(" "))
        .anyMatch(word -> word.length() >= LONG_WORD && Words.says(said, word));
  }

  private static Optional<String> find(FramePhrases phrases, Words words, String said) {
    return phrases.find(words, at -> true, run -> !Words.says(said, run));
  }

  /** Everything that decides. */
  public Settings settings() {
    return Settings.builder()
        .add("personas", options.personas)
        .add("markers", options.markers)
        .add("texts", options.texts)
        .add("self_identifications", options.selfIdentifications)
        .add("principles", options.principles)
        .add("principle_words", options.principleWords)
        .add("thoughts", options.thoughts)
        .add("answers", options.answers)
        .build();
  }

  /** Collects the texts of a frame; not safe for use by several threads. */
  public static final class Builder {
    private final List<String> personas = new ArrayList<>();
    private final List<String> markers = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final List<String> selfIdentifications = new ArrayList<>();
    private final List<String> principles = new ArrayList<>();
    private final List<String> principleWords = new ArrayList<>();
    private final List<String> thoughts = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();

    private Builder() {}

    private Builder copy() {
      Builder copy = new Builder();
      copy.personas.addAll(personas);
      copy.markers.addAll(markers);
      copy.texts.addAll(texts);
      copy.selfIdentifications.addAll(selfIdentifications);
      copy.principles.addAll(principles);
      copy.principleWords.addAll(principleWords);
      copy.thoughts.addAll(thoughts);
      copy.answers.addAll(answers);
      return copy;
    }

    /** The assistant's name. */
    @CanIgnoreReturnValue
    public Builder persona(String name) {
      personas.add(name);
      return this;
    }

    /** A marker that begins a turn, such as {@code ## User}. */
    @CanIgnoreReturnValue
    public Builder marker(String marker) {
      markers.add(marker.strip());
      return this;
    }

    /** A text that only the model sees: an introduction, a system text, a principle's text. */
    @CanIgnoreReturnValue
    public Builder text(String text) {
      texts.add(text);
      return this;
    }

    /** The sentence that thoughts begin with. */
    @CanIgnoreReturnValue
    public Builder selfIdentification(String sentence) {
      selfIdentifications.add(sentence);
      return this;
    }

    /** The names of the principles, in the order of their numbers. */
    @CanIgnoreReturnValue
    public Builder principles(List<String> names) {
      principles.addAll(names);
      return this;
    }

    /**
     * What the frame calls its principles: the longest word of a line such as {@code # Rules}. Its
     * singular, plural or case does not matter where that is a letter or two at its end.
     */
    @CanIgnoreReturnValue
    public Builder principleWord(String heading) {
      RougeTokenizer.UNICODE.tokenize(letterRuns(heading)).stream()
          .filter(word -> word.codePoints().allMatch(Character::isLetter))
          .max(Comparator.comparingInt(String::length))
          .map(longest -> Words.size(longest) < Words.WORD ? letterRuns(heading) : longest)
          .filter(word -> !principleWords.contains(word))
          .ifPresent(principleWords::add);
      return this;
    }

    private static String letterRuns(String heading) {
      return heading.replaceAll("[^\\p{L}\\p{M}]+", " ").strip();
    }

    /** The thoughts of an exemplar's turn, without the self-identification, and its answer. */
    @CanIgnoreReturnValue
    public Builder exemplar(String newThoughts, String answer) {
      thoughts.add(newThoughts);
      answers.add(answer);
      return this;
    }

    /** The frame. */
    public FrameSpeech build() {
      return new FrameSpeech(this);
    }
  }
}
