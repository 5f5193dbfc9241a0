package io.selfalign.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.SelfAlignResult;
import io.selfalign.data.Drop;
import io.selfalign.data.Query;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.eval.Interval;
import io.selfalign.eval.Metric;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a real browser, of a run whose model writes what it can to break it. */
class ReportPageTest {
  private static final String MODEL = "final <img src=x onerror=window.hacked=6>";

  @TempDir static Path temporary;

  private static Path page;
  private static ChromeDriver browser;

  @BeforeAll
  static void makeAndOpen() {
    try (SelfAlignResult result = ReportRuns.all(temporary.resolve("run"), 60, true).run()) {
      Map<String, Double> models = new LinkedHashMap<>();
      models.put("base", 0.2);
      models.put(MODEL, 0.9);
      ReportRuns.evaluate(result, models);
      page = result.report().write();
    }
    browser = Browser.start(temporary.resolve("profile"));
    open(1280);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
  }

  private static void open(int width) {
    browser.manage().window().setSize(new Dimension(width, 900));
    browser.get(page.toUri().toString());
  }

  private static Object run(String script) {
    return browser.executeScript(script);
  }

  private static long number(String script) {
    return ((Number) run("return " + script)).longValue();
  }

  @SuppressWarnings("unchecked")
  private static List<String> texts(String script) {
    return new ArrayList<>((List<String>) run("return " + script));
  }

  @Test
  void every_chart_is_drawn_and_has_a_title_and_words_for_who_can_not_see_it() {
    open(1280);
    long charts = number("Number(document.documentElement.dataset.drawn)");
    assertThat(charts).isGreaterThanOrEqualTo(13);
    assertThat(
            number(
                "[...document.querySelectorAll('.chart')].filter(chart =>"
                    + " chart.querySelectorAll('svg path').length > 3).length"))
        .isEqualTo(charts);
    assertThat(
            number(
                "[...document.querySelectorAll('.chart')].filter(chart =>"
                    + " chart.getAttribute('role') === 'img' && chart.getAttribute('aria-label')"
                    + " && chart.closest('figure').querySelector('h3').textContent).length"))
        .isEqualTo(charts);
    assertThat(texts("[...document.querySelectorAll('main > section')].map(s => s.id)"))
        .containsExactly(
            "funnel",
            "variety",
            "principles",
            "lengths",
            "training",
            "evaluation",
            "samples",
            "timings",
            "configuration");
    assertThat(texts("[...document.querySelectorAll('.missing')].map(s => s.textContent)"))
        .isEmpty();
  }

  @Test
  void hostile_text_is_shown_and_does_nothing() throws IOException {
    open(1280);
    assertThat(run("return window.hacked === undefined")).isEqualTo(true);
    assertThat(number("document.scripts.length")).isEqualTo(3);
    assertThat(number("document.querySelectorAll('img, iframe, object, embed').length")).isZero();
    assertThat(
            number(
                "[...document.querySelectorAll('*')].filter(element =>"
                    + " [...element.attributes].some(a => a.name.startsWith('on'))).length"))
        .isZero();
    String shown = (String) run("return document.getElementById('samples').textContent");
    String data = (String) run("return document.getElementById('data').textContent");
    assertThat(data).contains("\\u003cscript\\u003ewindow.hacked=1").doesNotContain("<", "\u2028");
    assertThat(shown + run("return document.getElementById('evaluation').textContent"))
        .contains(MODEL)
        .containsAnyOf(ReportRuns.HOSTILE.toArray(String[]::new));
    String source = Files.readString(page);
    assertThat(source.split("(?i)</script", -1)).hasSize(4);
    assertThat(source).contains("Content-Security-Policy");
  }

  @Test
  void nothing_is_loaded_and_the_console_is_empty() {
    browser.manage().logs().get(LogType.PERFORMANCE);
    browser.manage().logs().get(LogType.BROWSER);
    open(1280);
    run("document.querySelectorAll('details').forEach(element => element.open = true)");
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .extracting(LogEntry::getMessage)
        .isEmpty();
    assertThat(browser.manage().logs().get(LogType.PERFORMANCE).getAll())
        .extracting(LogEntry::getMessage)
        .filteredOn(message -> message.contains("\"Network.requestWillBeSent\""))
        .filteredOn(message -> !message.contains("\"url\":\"data:"))
        .hasSize(1)
        .allSatisfy(message -> assertThat(message).contains(page.toUri().getPath()));
    // The page's policy would stop what slips through: a script without a hash, and a request.
    run(
        "const script = document.createElement('script'); script.textContent = 'window.hacked=7';"
            + " document.body.append(script); const image = document.createElement('img');"
            + " image.setAttribute('onerror', 'window.hacked=8'); image.src = 'x';"
            + " document.body.append(image)");
    assertThat(run("return window.hacked === undefined")).isEqualTo(true);
  }

  /** Drops every record by a principle of its own text. */
  private record Dropping() implements BatchStage<Query, Query> {
    @Override
    public String name() {
      return "dropping";
    }

    @Override
    public Class<Query> inputType() {
      return Query.class;
    }

    @Override
    public Class<Query> outputType() {
      return Query.class;
    }

    @Override
    public Settings settings() {
      return Settings.builder().build();
    }

    @Override
    public Unit<Query> process(List<Query> batch, UnitContext context) {
      Unit.Builder<Query> unit = Unit.builder();
      for (Query query : batch) {
        unit.drop(new Drop("d-" + query.id(), List.of(query.id()), query.text(), "", ""));
      }
      return unit.build();
    }
  }

  private static void openSmall(EvaluationResult... results) {
    Path directory = temporary.resolve("small");
    Pipeline.Builder pipeline = Pipeline.builder();
    List<Query> queries = List.of(Query.of("a", "constructor"), Query.of("b", "__proto__"));
    pipeline.stage(new Dropping(), pipeline.source("queries", Dataset.of(Query.class, queries)));
    pipeline.build().in(directory).run();
    RunReport report = RunReport.of(directory);
    for (EvaluationResult result : results) {
      report.addEvaluation(result.model(), result);
    }
    browser.get(report.write().toUri().toString());
  }

  private static EvaluationResult result(String model, String item, double value) {
    return new EvaluationResult(
        "answers",
        model,
        model,
        "plain",
        Optional.empty(),
        List.of(new EvaluationResult.Item(item, Optional.empty(), Map.of("bleu_diff", value))),
        List.of(),
        List.of(
            new Metric(
                "bleu_diff",
                Optional.empty(),
                1,
                new Interval(value, value - 1, value + 1),
                Optional.empty())));
  }

  @Test
  void rules_of_any_name_figures_below_0_and_models_without_a_common_item_are_shown() {
    openSmall(result("base", "one", -5), result("final", "two", -3));
    assertThat(texts("[...document.querySelectorAll('#funnel table')].map(t => t.textContent)"))
        .anySatisfy(table -> assertThat(table).contains("constructor1", "__proto__1"));
    assertThat(
            texts(
                "[...document.querySelectorAll('#evaluation .chart svg text')]"
                    + ".map(t => t.textContent)"))
        .contains("0")
        .anySatisfy(label -> assertThat(label).matches("[-−][46]"));
    assertThat(run("return document.getElementById('evaluation').textContent").toString())
        .contains("no paired difference");
  }

  @Test
  void nothing_is_wider_than_a_phone() {
    open(500);
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true));
    try {
      browser.get(page.toUri().toString());
      assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(390);
      assertThat(
              number(
                  "Math.max(...[...document.querySelectorAll('.chart svg')].map(svg =>"
                      + " Math.ceil(svg.getBoundingClientRect().right)))"))
          .isLessThanOrEqualTo(390);
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  @Test
  void charts_have_other_colours_in_the_dark_and_paper_is_white() {
    open(1280);
    String light = inks();
    scheme("dark");
    try {
      await(() -> !inks().equals(light));
      // Paper is white whatever the screen is.
      run("window.dispatchEvent(new Event('beforeprint'))");
      await(() -> inks().equals(light));
      run("window.dispatchEvent(new Event('afterprint'))");
      await(() -> !inks().equals(light));
    } finally {
      scheme("light");
    }
  }

  /** The page redraws when the browser tells it to, which is not at once. */
  private static void await(BooleanSupplier condition) {
    new WebDriverWait(browser, Duration.ofSeconds(60)).until(driver -> condition.getAsBoolean());
  }

  private static void scheme(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** The colours that the first chart is drawn in. */
  private static String inks() {
    return (String)
        run(
            "return [...new Set([...document.querySelector('.chart svg').querySelectorAll('*')]"
                + ".map(e => e.getAttribute('fill')))].sort().join(' ')");
  }
}
