package io.selfalign.report;

import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.pipeline.Dataset;
import io.selfalign.text.NearDuplicateIndex;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How like each other the instructions are: the ROUGE-L F of an instruction with the one that is
 * most like it, and of those dropped as near-duplicates with the one for which they were. Of many
 * instructions, a sample is compared with a sample.
 */
final class InstructionsSection implements Section {
  /** So many are compared. */
  private static final int ASKED = 500;

  /** With so many others. */
  private static final int POOL = 4_000;

  /** Above this most have a match, which is then found fast. */
  private static final double FIRST_LOOK = 0.4;

  private static final int BINS = 20;
  private static final String NEAR_DUPLICATE = "near_duplicate";

  /**
   * The data.
   *
   * @param compared how many instructions were compared, and with how many others
   * @param kept how many have their highest F in each bin; the bins are of the same width from 0 to
   *     1, and a bin has its upper end but not its lower one
   * @param dropped the same of near-duplicates
   */
  record Data(
      long instructions, int compared, int pool, List<Integer> kept, List<Integer> dropped) {}

  @Override
  public String name() {
    return "instructions";
  }

  @Override
  public Record collect(RunData run) {
    Optional<Dataset<Instruction>> instructions = run.last(Instruction.class);
    if (instructions.isEmpty()) {
      return new Missing("This run wrote no instructions of its own.");
    }
    Sample<String> sample = new Sample<>(POOL);
    try (Stream<Instruction> all = instructions.get().stream()) {
      all.forEach(instruction -> sample.add(instruction.id(), instruction.instruction()));
    }
    List<String> pool = sample.values();
    int asked = Math.min(ASKED, pool.size());
    int[] kept = new int[BINS];
    nearest(asked, pool).forEach(f -> kept[bin(f)]++);
    return new Data(instructions.get().size(), asked, pool.size(), list(kept), list(dropped(run)));
  }

  /** The highest F of each of the first texts with another. */
  private static Stream<Double> nearest(int asked, List<String> pool) {
    NearDuplicateIndex like = index(FIRST_LOOK, pool);
    NearDuplicateIndex any = index(0, pool);
    return IntStream.range(0, asked)
        .mapToObj(
            i ->
                like.findOther(i)
                    .or(() -> any.findOther(i))
                    .map(NearDuplicateIndex.Match::f)
                    .orElse(0.0));
  }

  private static NearDuplicateIndex index(double threshold, List<String> texts) {
    NearDuplicateIndex index = NearDuplicateIndex.builder().threshold(threshold).build();
    texts.forEach(index::add);
    return index;
  }

  private static int[] dropped(RunData run) {
    int[] bins = new int[BINS];
    for (String stage : run.stagesOf(Instruction.class)) {
      if (run.summary(stage).drops().containsKey(NEAR_DUPLICATE)) {
        try (Stream<Drop> drops = run.directory().drops(stage).stream()) {
          drops
              .filter(drop -> drop.reason().equals(NEAR_DUPLICATE))
              .forEach(drop -> similarity(drop).ifPresent(f -> bins[droppedBin(f)]++));
        }
      }
    }
    return bins;
  }

  /** The ledger has the id of what it is like, a space and the F. */
  private static OptionalDouble similarity(Drop drop) {
    String last = drop.detail().substring(drop.detail().lastIndexOf(' ') + 1);
    return last.matches("[01]\\.\\d{1,9}")
        ? OptionalDouble.of(Double.parseDouble(last))
        : OptionalDouble.empty();
  }

  private static int bin(double f) {
    return Math.min(BINS - 1, Math.max(0, (int) Math.ceil(f * BINS) - 1));
  }

  /** The ledger rounds: what it says is 0.7 was over it. */
  private static int droppedBin(double f) {
    return Math.min(BINS - 1, (int) Math.floor(f * BINS + 1e-9));
  }

  private static List<Integer> list(int[] counts) {
    return Arrays.stream(counts).boxed().toList();
  }
}
