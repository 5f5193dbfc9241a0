package io.selfalign.principle;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.pipeline.Settings;
import java.util.List;

/** The same exemplars for every query. */
record FixedSelector(String name, List<Exemplar> pool, List<Exemplar> chosen)
    implements ExemplarSelector {
  FixedSelector {
    pool = Choices.checkedPool(pool, chosen.size());
    chosen = List.copyOf(chosen);
  }

  @Override
  public List<Exemplar> select(Query query, RecordRandom random) {
    return chosen;
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("selector", name)
        .add("chosen", chosen.stream().map(Exemplar::id).toList())
        .build();
  }
}
