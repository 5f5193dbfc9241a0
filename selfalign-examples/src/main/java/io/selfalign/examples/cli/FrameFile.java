package io.selfalign.examples.cli;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.Exemplars;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A frame as a JSON object in a file, with what is to differ from another frame: its texts and
 * markers by the names of {@link PromptFrame#settings}, and {@code principles} and {@code
 * exemplars}, the paths of files in the forms of {@link PrincipleSet#read} and {@link
 * Exemplars#read}, from the folder of the file.
 */
final class FrameFile {
  private static final Map<String, BiConsumer<PromptFrame.Builder, String>> TEXTS = texts();

  private FrameFile() {}

  private static Map<String, BiConsumer<PromptFrame.Builder, String>> texts() {
    Map<String, BiConsumer<PromptFrame.Builder, String>> texts = new LinkedHashMap<>();
    texts.put("persona", PromptFrame.Builder::persona);
    texts.put("cutoff", PromptFrame.Builder::cutoff);
    texts.put("introduction", PromptFrame.Builder::introduction);
    texts.put("principles_heading", PromptFrame.Builder::principlesHeading);
    texts.put("self_identification", PromptFrame.Builder::selfIdentification);
    texts.put("conversation_marker", PromptFrame.Builder::conversationMarker);
    texts.put("user_marker", PromptFrame.Builder::userMarker);
    texts.put("thought_marker", PromptFrame.Builder::thoughtMarker);
    texts.put("answer_marker", PromptFrame.Builder::answerMarker);
    return texts;
  }

  /**
   * Reads a frame.
   *
   * @param standard has what the file doesn't say
   * @throws InvalidDataException naming the file and the field, if it makes no frame
   * @throws SelfAlignException if a file can't be read
   */
  static PromptFrame read(Path file, PromptFrame standard) {
    JsonLine object = object(file);
    PromptFrame.Builder frame = standard.toBuilder();
    try {
      for (String field : object.object().propertyNames()) {
        BiConsumer<PromptFrame.Builder, String> text = TEXTS.get(field);
        if (text != null) {
          text.accept(frame, object.text(field));
        } else if (field.equals("principles")) {
          frame.principles(PrincipleSet.read(file.resolveSibling(object.nonBlankText(field))));
        } else if (field.equals("exemplars")) {
          Path exemplars = file.resolveSibling(object.nonBlankText(field));
          frame.exemplars(ExemplarSelector.all(Exemplars.read(exemplars)));
        } else {
          throw object.error(
              "field '"
                  + field
                  + "' is not known; there are principles, exemplars, "
                  + String.join(", ", TEXTS.keySet()));
        }
      }
      return frame.build();
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file + ": " + e.getMessage(), e);
    }
  }

  private static JsonLine object(Path file) {
    try {
      return JsonLines.parse(file.toString(), 1, Files.readString(file));
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }
}
