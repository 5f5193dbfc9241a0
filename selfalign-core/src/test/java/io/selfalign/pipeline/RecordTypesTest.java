package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordTypesTest {
  record Outer(String id, List<Inner> inner, Map<String, Optional<Leaf>> leaves)
      implements Traceable {}

  record Inner(int number, Optional<Inner> next) {}

  record Leaf(String text) {}

  @SuppressWarnings("ArrayRecordComponent") // what others may have
  record Arrays(String id, Leaf[] leaves, List<? extends Inner> inner) implements Traceable {}

  @Test
  void a_shape_has_the_components_of_records_within_the_record() {
    String here = RecordTypesTest.class.getName() + "$";
    assertThat(RecordTypes.shape(Outer.class))
        .containsExactly(
            "id: java.lang.String",
            "inner: java.util.List<" + here + "Inner>",
            "leaves: java.util.Map<java.lang.String, java.util.Optional<" + here + "Leaf>>",
            "Inner.number: int",
            "Inner.next: java.util.Optional<" + here + "Inner>",
            "Leaf.text: java.lang.String");
    assertThat(RecordTypes.shape(Arrays.class))
        .contains("Leaf.text: java.lang.String", "Inner.number: int");
  }
}
