// Loss and learning rate of the trainings.

function training(part) {
  const grid = el('div', 'grid');
  part.trainings.forEach((one) => grid.append(curve(one, part.trainings.length === 1)));
  return grid;
}

function curve(one, wide) {
  const a = one.adapter;
  const steps = one.curve.length ? one.curve[one.curve.length - 1].step : a ? a.steps : 0;
  const says = a
    ? plural(a.examples, 'example') + ', ' + plural(a.epochs, 'epoch') + ', batches of ' + count(a.batch_size) + ', ' + plural(a.steps, 'step')
        + ', final loss ' + number(a.loss) + (a.validation_loss === null ? '' : ', validation ' + number(a.validation_loss))
        + (one.tokens_per_second ? ', ' + count(one.tokens_per_second) + ' tokens a second' : '') + '.'
    : 'Not complete: ' + plural(steps, 'step') + ' so far.';
  if (one.curve.length === 0) {
    return el('figure', wide ? 'wide' : '', el('h3', '', one.stage), el('p', 'says', says), el('p', 'note', 'Its log has no steps.'));
  }
  const smooth = [];
  const weight = 1 - Math.min(0.9, 20 / Math.max(40, one.curve.length));
  one.curve.forEach((point, i) => smooth.push([point.step, i === 0 ? point.loss : weight * smooth[i - 1][1] + (1 - weight) * point.loss]));
  return figure({
    wide,
    title: one.stage,
    says,
    label: 'The loss goes from ' + number(one.curve[0].loss) + ' to ' + number(one.curve[one.curve.length - 1].loss) + ' in ' + plural(steps, 'step') + '.',
    height: 320,
    build: (t, width) => ({
      legend: legend(t, {type: width < 480 ? 'scroll' : 'plain', right: 0}),
      grid: {left: 8, right: 8, top: 44, bottom: 34, containLabel: true},
      tooltip: tooltip(t, (list) => ['step ' + count(list[0].value[0]), ...list.map((p) => p.seriesName + ': ' + number(p.value[1]))], {trigger: 'axis'}),
      xAxis: valueAxis(t, 'optimizer step', {min: 'dataMin', max: 'dataMax', minInterval: 1, splitLine: {show: false}, axisLine: {show: true, lineStyle: {color: t.line}}}),
      yAxis: [
        valueAxis(t, '', {min: 0, axisLabel: {color: t.muted}}),
        valueAxis(t, '', {min: 0, splitLine: {show: false}, axisLabel: {color: t.muted, formatter: (v) => (v === 0 ? '0' : v.toExponential(0))}}),
      ],
      series: [
        {name: 'loss', type: 'line', showSymbol: one.curve.length === 1, lineStyle: {width: 1, color: tint(t.colors[0], 0.45)}, itemStyle: {color: tint(t.colors[0], 0.45)}, data: one.curve.map((p) => [p.step, p.loss])},
        ...(one.curve.length > 20 ? [{name: 'loss, smoothed', type: 'line', showSymbol: false, lineStyle: {width: 2.2, color: t.colors[0]}, itemStyle: {color: t.colors[0]}, data: smooth}] : []),
        ...(one.validation.length ? [{name: 'validation', type: 'line', symbol: 'circle', symbolSize: 6, lineStyle: {width: 2, color: t.colors[5]}, itemStyle: {color: t.colors[5]}, data: one.validation.map((p) => [p.step, p.loss])}] : []),
        {name: 'learning rate', type: 'line', yAxisIndex: 1, showSymbol: false, lineStyle: {width: 1.5, type: 'dashed', color: t.rest}, itemStyle: {color: t.rest}, data: one.curve.map((p) => [p.step, p.learning_rate])},
      ],
    }),
    table: table('Steps', ['#Step', '#Loss', '#Learning rate'], every(one.curve, 40).map((p) => [count(p.step), number(p.loss), p.learning_rate.toExponential(2)])),
  });
}

/** At most so many of a list, evenly, with the first and the last. */
function every(list, most) {
  if (list.length <= most) return list;
  return Array.from({length: most}, (_, i) => list[Math.round(i * (list.length - 1) / (most - 1))]);
}
