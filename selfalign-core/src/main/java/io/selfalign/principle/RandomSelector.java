package io.selfalign.principle;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.pipeline.Settings;
import java.util.ArrayList;
import java.util.List;

/** Draws some of the pool without replacement, and shows them in the order of the pool. */
record RandomSelector(List<Exemplar> pool, int k) implements ExemplarSelector {
  RandomSelector {
    pool = Choices.checkedPool(pool, k);
  }

  @Override
  public List<Exemplar> select(Query query, RecordRandom random) {
    List<Exemplar> chosen = new ArrayList<>();
    for (int i = 0; i < pool.size(); i++) {
      int needed = k - chosen.size();
      // The i-th of those left is among the needed with this probability: all subsets are as
      // likely.
      if (random.uniform(i) * (pool.size() - i) < needed) {
        chosen.add(pool.get(i));
      }
    }
    return chosen;
  }

  @Override
  public Settings settings() {
    return Settings.builder().add("selector", "random").add("k", k).build();
  }
}
