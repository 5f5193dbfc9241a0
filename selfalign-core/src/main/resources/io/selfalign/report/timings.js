// How long the stages took, and how fast they were.

function timings(part) {
  const stages = part.stages;
  const speed = (stage) => (stage.seconds > 0 && stage.texts > 0 ? number(stage.texts / stage.seconds) + ' a second' : '–');
  return figure({
    title: 'Time at work by stage',
    says: duration(part.seconds) + ' in all, over every process that came to an end of a stage or was stopped in it. What a killed process did last is not counted.',
    height: 40 + stages.length * 30,
    build: (t, width) => ({
      grid: {left: 8, right: width < 480 ? 64 : 150, top: 4, bottom: 8, containLabel: true},
      tooltip: tooltip(t, (p) => [p.name, duration(p.data.stage.seconds), count(p.data.stage.texts) + ' texts, ' + speed(p.data.stage)]),
      xAxis: valueAxis(t, '', {axisLabel: {show: false}, splitLine: {show: false}}),
      yAxis: categoryAxis(t, stages.map((stage) => stage.stage), {inverse: true, axisLabel: {fontSize: width < 480 ? 11 : 12.5}}),
      series: [{
        type: 'bar', barMaxWidth: 18, barMinHeight: 2, itemStyle: {color: t.colors[0], borderRadius: [0, 3, 3, 0]},
        label: {show: true, position: 'right', color: t.muted, fontSize: 12, formatter: (p) => duration(p.data.stage.seconds) + (width < 480 || p.data.stage.texts === 0 ? '' : ' · ' + speed(p.data.stage))},
        data: stages.map((stage) => ({name: stage.stage, value: stage.seconds, stage})),
      }],
    }),
    table: table('Timings', ['Stage', '#Time', '#Units', '#Texts', '#Throughput', '#Processes', '#Stopped or failed'],
        stages.map((stage) => [stage.stage + (stage.complete ? '' : ' (not complete)'), duration(stage.seconds), count(stage.units), count(stage.texts), speed(stage), count(stage.processes), count(stage.interrupted)])),
  });
}
