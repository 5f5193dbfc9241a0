package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.text.NearDuplicateIndex.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NearDuplicateIndexThreadsTest {
  private static final int THREADS = 4;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final NearDuplicateIndex index = NearDuplicateIndex.builder().build();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void asking_while_others_add_gives_the_answer_of_some_moment_in_between() throws Exception {
    List<String> texts = texts(3_000);
    BruteForce all = new BruteForce(index.threshold(), RougeTokenizer.ADAPTIVE);
    texts.forEach(all::add);
    Callable<Void> asking =
        () -> {
          for (int i = 0; i < 500; i++) {
            String text = texts.get((i * 37) % texts.size());
            int before = index.size();
            Optional<Match> match = index.find(text);
            int after = index.size();
            List<Optional<Match>> possible = new ArrayList<>();
            for (int size = before; size <= after; size++) {
              possible.add(all.find(text, size));
            }
            assertThat(possible).contains(match);
          }
          return null;
        };
    List<Future<Void>> askers =
        IntStream.range(1, THREADS).mapToObj(i -> threads.submit(asking)).toList();
    for (String text : texts) {
      index.add(text);
    }
    for (Future<Void> asker : askers) {
      asker.get();
    }
  }

  /** Long texts, which take long to look for, and two threads that begin at the same moment. */
  @Test
  void of_near_duplicates_that_are_added_at_once_one_is_kept() throws Exception {
    int groups = 300;
    AtomicInteger kept = new AtomicInteger();
    AtomicInteger arrived = new AtomicInteger();
    Callable<Void> adding =
        () -> {
          for (int group = 0; group < groups; group++) {
            String prefix = "g" + group + "w";
            String text =
                IntStream.range(0, 1_000)
                    .mapToObj(i -> prefix + i)
                    .collect(Collectors.joining(" "));
            arrived.incrementAndGet();
            while (arrived.get() < 2 * (group + 1)) {
              Thread.onSpinWait();
            }
            if (index.addIfNew(text).isEmpty()) {
              kept.incrementAndGet();
            }
          }
          return null;
        };
    List<Future<Void>> adders = List.of(threads.submit(adding), threads.submit(adding));
    for (Future<Void> adder : adders) {
      adder.get();
    }
    assertThat(kept).hasValue(groups);
    assertThat(index.size()).isEqualTo(groups);
  }

  private static List<String> texts(int count) {
    Random random = new Random(1);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                random
                    .ints(10, 0, 12)
                    .mapToObj(word -> "g" + i % 300 + "w" + word)
                    .collect(Collectors.joining(" ")))
        .toList();
  }
}
