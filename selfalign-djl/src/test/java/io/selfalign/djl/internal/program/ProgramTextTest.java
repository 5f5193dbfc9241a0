package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Java and the program's text must agree on, which loading the text doesn't check. */
class ProgramTextTest {
  private static final String MODEL = ProgramText.part("model.py");

  @Test
  void weights_have_the_names_and_the_order_of_the_text() {
    assertThat(names("^ {2}(\\w[\\w, ]*) = weights\\[0:4\\]")).isEqualTo(lowerCase(Weight.OUTER));
    assertThat(names("^ {2}\\(([\\w,\\s]*)\\) = weights")).isEqualTo(lowerCase(Weight.OF_LAYER));
    assertThat(MODEL).contains("weights[4 + 11 * layer:15 + 11 * layer]");
    assertThat(Weight.OUTER).hasSize(4);
    assertThat(Weight.OF_LAYER).hasSize(11);
    assertThat(ProgramText.part("training.py")).contains("query_key_norm = 3\n");
    assertThat(Weight.OF_LAYER.indexOf(Weight.QUERY_KEY_NORM)).isEqualTo(3);
  }

  /** The names that the text assigns a list to. */
  private static List<String> names(String assignment) {
    Matcher matcher = Pattern.compile(assignment, Pattern.MULTILINE).matcher(MODEL);
    assertThat(matcher.find()).isTrue();
    return Arrays.asList(matcher.group(1).trim().split(",\\s*"));
  }

  private static List<String> lowerCase(List<Weight> weights) {
    return weights.stream().map(weight -> weight.name().toLowerCase(Locale.ROOT)).toList();
  }

  @Test
  void the_text_has_one_class_of_all_methods() {
    String text = ProgramText.of(Kernels.PLAIN);
    assertThat(text.split("class Decoder\\(Module\\):", -1)).hasSize(2);
    assertThat(text.substring(text.indexOf("class Decoder")))
        .contains("def prefill(", "def sample(", "def put(", "def fuse(", "def accumulate(");
    assertThat(text).containsOnlyOnce("def linear(").doesNotContain("onednn");
  }
}
