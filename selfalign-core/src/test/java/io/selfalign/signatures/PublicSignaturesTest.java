package io.selfalign.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures of the types below, and how lists of them are compared. */
class PublicSignaturesTest {
  @TempDir Path temporary;

  private static final SortedMap<String, List<String>> SIGNATURES = signatures();

  private static SortedMap<String, List<String>> signatures() {
    try {
      return PublicSignatures.of(
          Path.of(Api.class.getProtectionDomain().getCodeSource().getLocation().toURI()),
          name -> name.equals(Api.class.getPackageName()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> of(String type) {
    return SIGNATURES.getOrDefault(Api.class.getCanonicalName() + type, List.of());
  }

  @Test
  void members_have_their_types_arguments_bounds_and_exceptions() {
    assertThat(of(""))
        .containsExactly(
            "abstract class Api<T extends Record & Comparable<T>> implements AutoCloseable",
            "<R> R map(Function<? super T, ? extends R>) throws IOException",
            "@Experimental void mayChange()",
            "abstract void close()",
            "final int FIELD",
            "protected new Api()",
            "protected static @Nullable String maybe(List<@Nullable String>)",
            "void inherited()",
            "void many(T, String[], int...)");
  }

  @Test
  void records_and_enums_are_told_without_what_goes_without_saying() {
    assertThat(of(".Point"))
        .containsExactly(
            "record Api.Point(int x, @Nullable String name) implements Api.Shape",
            "new Point(int)");
    assertThat(of(".Color")).containsExactly("enum Api.Color", "constant BLUE", "constant RED");
    assertThat(of(".Shape")).containsExactly("sealed interface Api.Shape", "default int sides()");
  }

  @Test
  void types_that_others_cannot_name_are_left_out() {
    assertThat(SIGNATURES)
        .doesNotContainKeys(
            Hidden.class.getCanonicalName(), Api.class.getCanonicalName() + ".Hidden.Nested");
  }

  @Test
  void a_list_that_was_written_is_read_as_it_was() throws IOException {
    Path file = temporary.resolve("api.txt");
    SignatureList.write(file, "selfalign-core", SIGNATURES);
    assertThat(SignatureList.read(file)).isEqualTo(SIGNATURES);
    assertThat(SignatureList.difference("selfalign-core", SIGNATURES, SIGNATURES)).isEmpty();
    assertThat(Files.readString(file)).doesNotContain("\r");
  }

  @Test
  void a_difference_names_what_is_gone_and_new_and_the_command_that_updates() {
    SortedMap<String, List<String>> before =
        new TreeMap<>(
            Map.of(
                "a.Gone", List.of("class Gone"),
                "a.Kept", List.of("class Kept"),
                "a.Thing", List.of("class Thing", "int size()")));
    SortedMap<String, List<String>> after =
        new TreeMap<>(
            Map.of(
                "a.Kept", List.of("class Kept"),
                "a.Thing", List.of("class Thing", "long size()")));
    assertThat(SignatureList.difference("selfalign-core", before, after))
        .contains(
            """
            a.Gone
              - class Gone
            a.Thing
              - int size()
              + long size()
            """)
        .doesNotContain("a.Kept")
        .contains("selfalign-core/api.txt", SignatureList.UPDATE);
  }

  /** A type that nobody else can name, with a method that a subclass has in public. */
  abstract static class Hidden {
    public void inherited() {}

    void own() {}

    /** Public in name only. */
    public static final class Nested {
      private Nested() {}
    }
  }
}
