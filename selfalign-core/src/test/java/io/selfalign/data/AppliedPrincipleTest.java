package io.selfalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppliedPrincipleTest {
  private static final String JSON =
      "{'number':7,'name':'candor','by':'name','other_numbers':[9]}".replace('\'', '"');

  private static AppliedPrinciple read(String json) {
    return JsonLines.parse("file", 1, json).as(AppliedPrinciple.class);
  }

  @Test
  void it_is_written_and_read_with_these_fields() {
    AppliedPrinciple principle = new AppliedPrinciple(7, "candor", "name", List.of(9));
    assertThat(new String(JsonLines.encode(principle), UTF_8).strip()).isEqualTo(JSON);
    assertThat(read(JSON)).isEqualTo(principle);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"by\":\"name\",                | ``                     | field 'by' is missing",
        ",\"other_numbers\":[9]          | ``                     | field 'other_numbers' is missing",
        "\"by\":\"name\"                 | \"by\":\"luck\"          | field 'by' is 'luck', but must be one of [number, name, both]",
        "[9]                             | [9.5]                  | field 'other_numbers[0]' must be a whole number of 32 bits",
        "\"by\":\"name\"                 | \"by\":\"number\"        | field 'other_numbers' is [9], but must be empty where 'by' is 'number'",
      })
  void what_is_wrong_is_told(String part, String instead, String problem) {
    assertThatThrownBy(() -> read(JSON.replace(part, instead))).hasMessageContaining(problem);
  }
}
