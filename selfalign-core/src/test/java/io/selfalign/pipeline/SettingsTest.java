package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private final Settings settings =
      Settings.builder()
          .add("temperature", 0.7)
          .add("stop", List.of("\n", "User:"))
          .add("lora", Settings.builder().add("rank", 16).add("targets", "q").build())
          .build();

  @Test
  void equal_settings_have_equal_fingerprints_whatever_their_order() {
    Settings other =
        Settings.builder()
            .add("lora", Map.of("targets", "q", "rank", 16))
            .add("stop", List.of("\n", "User:"))
            .add("temperature", 0.7)
            .build();
    assertThat(other.fingerprint()).isEqualTo(settings.fingerprint());
    assertThat(other).isEqualTo(settings);
    assertThat(other.differencesFrom(settings)).isEmpty();
    assertThat(Settings.none().fingerprint()).isNotEqualTo(settings.fingerprint());
  }

  @Test
  void differences_name_the_option_and_both_values() {
    Settings before =
        Settings.builder()
            .add("temperature", 1)
            .add("lora", Settings.builder().add("rank", 8).add("targets", "q").build())
            .add("seed_file", "a.jsonl")
            .build();
    assertThat(settings.differencesFrom(before))
        .containsExactly(
            "option 'temperature' is 0.7, but was 1",
            "option 'stop' is [\"\\n\",\"User:\"], but was not set",
            "option 'lora.rank' is 16, but was 8",
            "option 'seed_file' is not set, but was \"a.jsonl\"");
  }

  @Test
  void long_values_are_shown_where_they_differ() {
    String reasons = "Be kind. ".repeat(200);
    Settings before = Settings.builder().add("prompt", reasons + "Be brief." + reasons).build();
    Settings now = Settings.builder().add("prompt", reasons + "Be long." + reasons).build();
    assertThat(now.differencesFrom(before))
        .singleElement()
        .asString()
        .contains("Be long.", "Be brief.")
        .hasSizeLessThan(250);
  }

  @Test
  void what_makes_no_json_is_refused_at_once() {
    assertThatThrownBy(() -> Settings.builder().add("a", "\uDC00"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Settings.builder().add("a", 1).add("a", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a' is added twice");
  }
}
