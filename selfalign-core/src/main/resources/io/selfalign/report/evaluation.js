// Models side by side, with 95% intervals.

function evaluation(part) {
  const names = part.models.map((model) => model.name);
  const figures = el('div', 'grid');
  const shares = part.rows.filter((row) => row.share);
  const others = part.rows.filter((row) => !row.share);
  if (shares.length > 0) {
    figures.append(intervals('Rates', 'Points with their 95% intervals; a dashed line marks what guessing gives.', shares, names,
        (x) => percent(x, 0), {min: 0, max: 1}, true));
  }
  others.forEach((row) => figures.append(
      intervals(row.figure, row.benchmark + ', mean with its 95% interval.', [row], names, number, {}, others.length % 2 === 1 && row === others[0])));
  const card = el('div', 'card', el('h3', '', 'All figures'), el('p', 'note', 'Under each value its 95% interval; under that the paired difference to the model on the left with its own, in percentage points for rates, and bold where the interval does not have 0 in it. There is none where the two models have no item in common.'),
      el('div', 'scroll', comparison(part, names)));
  const groups = part.groups.length ? disclosure('By group', el('div', 'scroll', table('By group', ['Figure', 'Group', ...names.map((name) => '#' + name)],
      part.groups.map((row) => [row.benchmark + ' ' + row.figure, row.group, ...row.values.map((value) => shownValue(value, row.share))])))) : null;
  if (groups) card.append(groups);
  card.append(disclosure('What was measured', el('div', 'scroll', table('Measurements', ['Model', 'Benchmark', 'Prompt style', '#Items', '#Skipped', 'Fingerprint'],
      part.models.flatMap((model) => model.measurements.map((m) => [model.name, m.benchmark, m.prompt_style, count(m.items),
        count(Object.values(m.skipped).reduce((a, b) => a + b, 0)), el('code', '', m.fingerprint)]))))));
  return [figures, card];
}

function shownValue(value, share) {
  if (!value) return '–';
  const show = share ? (x) => percent(x) : number;
  return el('span', '', show(value.value), el('span', 'interval', show(value.low) + ' to ' + show(value.high)));
}

/** Under each value its interval, and from the second model on the change from the one before. */
function comparison(part, names) {
  return table('All figures', ['Figure', '#Chance', ...names.map((name) => '#' + name)], part.rows.map((row) => [
    el('span', '', row.figure, el('span', 'interval', row.benchmark)),
    row.chance === null ? '–' : row.share ? percent(row.chance) : number(row.chance),
    ...row.values.map((value, i) => el('span', '', shownValue(value, row.share), i > 0 ? shownChange(row, i) : null)),
  ]));
}

function shownChange(row, i) {
  const change = row.changes[i];
  if (!change) return row.values[i - 1] && row.values[i] ? el('span', 'change', 'no paired difference') : null;
  const show = (x) => (x > 0 ? '+' : '') + (row.share ? (100 * x).toFixed(1) : number(x));
  const sure = change.low > 0 || change.high < 0;
  return el('span', sure ? 'change sure' : 'change', 'Δ ' + show(change.value), el('span', 'interval', show(change.low) + ' to ' + show(change.high)));
}

/** Points with whiskers: a row for each figure, a colour for each model. */
function intervals(title, says, rows, names, show, range, wide) {
  const one = rows.length === 1 && !wide;
  const labels = one ? names : rows.map((row) => row.figure);
  const points = (t) => names.map((name, m) => ({
    name, type: 'custom', itemStyle: {color: t.colors[m % t.colors.length]},
    encode: {x: [1, 2, 3], y: 0},
    data: rows.map((row, r) => ({row, value: row.values[m], place: one ? m : r})).filter((d) => d.value)
        .map((d) => [d.place, d.value.value, d.value.low, d.value.high, d.value.items]),
    renderItem: (_, api) => whisker(t, api, one ? 0 : (m - (names.length - 1) / 2) * spread(names.length), t.colors[m % t.colors.length]),
    z: 3,
  }));
  const chances = (t) => (one ? [] : [{
    name: 'guessing', type: 'custom', itemStyle: {color: t.muted}, tooltip: {show: false},
    data: rows.map((row, r) => [r, row.chance]).filter((d) => d[1] !== null), encode: {x: 1, y: 0},
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(1), api.value(0)]);
      const half = 0.42 * api.size([0, 1])[1];
      return {type: 'line', shape: {x1: x, y1: y - half, x2: x, y2: y + half}, style: {stroke: t.muted, lineWidth: 1.5, lineDash: [3, 3]}};
    },
  }]);
  const anyChance = rows.some((row) => row.chance !== null);
  return figure({
    title, says: anyChance ? says : says.replace('; a dashed line marks what guessing gives', ''),
    wide,
    label: rows.map((row) => row.figure + ': ' + names.map((name, m) => name + ' ' + (row.values[m] ? show(row.values[m].value) : 'not measured')).join(', ')).join('; ') + '.',
    height: (width) => (one ? 50 + names.length * 34 : 80 + (width < 560 ? 22 : 0) + rows.length * Math.max(34, 14 + names.length * spread(names.length))),
    build: (t, width) => ({
      legend: legend(t, {show: !one, type: width < 560 ? 'scroll' : 'plain', right: 0, data: names}),
      grid: {left: 8, right: 28, top: one ? 8 : width < 560 ? 36 : 48, bottom: 24, containLabel: true},
      tooltip: tooltip(t, (p) => [p.seriesName, labels[p.value[0]] + ': ' + show(p.value[1]), '95% interval ' + show(p.value[2]) + ' to ' + show(p.value[3]), plural(p.value[4], 'item')]),
      xAxis: valueAxis(t, '', {...range, axisLabel: {color: t.muted, hideOverlap: true, formatter: show}}),
      yAxis: categoryAxis(t, labels.map((label) => short(label, width < 560 ? 16 : 30)), {inverse: true, splitLine: {show: !one, lineStyle: {color: t.line}}, axisLine: {show: false}}),
      series: [...points(t), ...chances(t)],
    }),
  });
}

function spread(models) {
  return models > 5 ? 9 : 12;
}

function whisker(t, api, offset, color) {
  const y = api.coord([0, api.value(0)])[1] + offset;
  const [x, low, high] = [1, 2, 3].map((i) => api.coord([api.value(i), 0])[0]);
  const line = (x1, y1, x2, y2, width) => ({type: 'line', shape: {x1, y1, x2, y2}, style: {stroke: color, lineWidth: width}});
  return {type: 'group', children: [
    line(low, y, high, y, 2), line(low, y - 4, low, y + 4, 1.5), line(high, y - 4, high, y + 4, 1.5),
    {type: 'circle', shape: {cx: x, cy: y, r: 4.5}, style: {fill: color, stroke: t.card, lineWidth: 1.5}},
  ]};
}
