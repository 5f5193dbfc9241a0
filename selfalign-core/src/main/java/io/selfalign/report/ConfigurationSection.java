package io.selfalign.report;

import io.selfalign.data.JsonLines;
import io.selfalign.pipeline.StageDescription;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** With what options and models the run was made, stage by stage, as its manifest has it. */
final class ConfigurationSection implements Section {
  private static final int MOST_SETTINGS = 120;
  private static final int VALUE_LENGTH = 600;

  /** The data. */
  record Data(long seed, String library, List<Stage> stages) {}

  /** A stage; more is the number of settings that are not listed. */
  record Stage(
      String stage,
      List<String> inputs,
      List<String> after,
      String records,
      String fingerprint,
      List<Setting> settings,
      int more) {}

  /** A setting; nested ones are named by their path. */
  record Setting(String name, String value) {}

  @Override
  public String name() {
    return "configuration";
  }

  @Override
  public Data collect(RunData run) {
    return new Data(
        run.directory().seed(),
        run.directory().libraryVersion(),
        run.stages().stream().map(ConfigurationSection::stage).toList());
  }

  private static Stage stage(StageDescription stage) {
    List<Setting> settings = new ArrayList<>();
    JsonNode tree = JsonLines.parse("settings", 1, stage.settings().json()).object();
    flatten("", tree, settings);
    List<Setting> shown = settings.subList(0, Math.min(MOST_SETTINGS, settings.size()));
    return new Stage(
        stage.name(),
        stage.inputs(),
        stage.after(),
        stage.recordType(),
        stage.fingerprint(),
        List.copyOf(shown),
        settings.size() - shown.size());
  }

  private static void flatten(String path, JsonNode value, List<Setting> out) {
    if (value.isObject() && !value.isEmpty()) {
      value
          .properties()
          .forEach(
              field ->
                  flatten(
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      field.getValue(),
                      out));
      return;
    }
    String text = value.isString() ? value.stringValue() : value.toString();
    out.add(new Setting(ShownText.label(path, 100), ShownText.clip(text, VALUE_LENGTH)));
  }
}
