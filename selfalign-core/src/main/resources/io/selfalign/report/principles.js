// Which principles the thoughts of stage 2 name.

function principles(part) {
  const names = [...part.principles, 'none named'];
  const counts = (group) => [...group.counts, group.without_principle];
  const share = (group) => counts(group).map((n) => (group.demonstrations ? n / group.demonstrations : 0));
  const everything = {name: 'all', demonstrations: part.demonstrations, without_principle: part.without_principle, counts: part.counts};
  const sources = part.sources.length > 1 ? part.sources.slice(0, 6) : [everything];
  const typed = part.types.filter((type) => type.name !== '(not told)');
  const result = el('div', 'grid');
  result.append(declining(part, sources, typed));
  if (part.self_check) {
    result.append(selfCheck(part.self_check));
  }
  result.append(figure({
    wide: true,
    title: 'Principles by source of the query',
    says: 'The share of ' + plural(part.demonstrations, 'demonstration') + ' whose thoughts name a principle; most name several.'
        + (part.disagreeing > 0 ? ' In ' + count(part.disagreeing) + ' (' + percent(part.disagreeing / part.demonstrations) + ') a name has another\'s number; the name counts.' : ''),
    label: part.principles.slice(0, 3).map((name, i) => name + ' ' + percent(part.counts[i] / part.demonstrations, 0)).join(', ') + '.',
    height: (width) => 64 + names.length * (12 + 9 * sources.length),
    build: (t, width) => ({
      legend: legend(t, {show: sources.length > 1, type: width < 560 ? 'scroll' : 'plain', right: 0}),
      grid: {left: 8, right: 24, top: 32, bottom: 8, containLabel: true},
      tooltip: tooltip(t, (list) => [list[0].name, ...list.map((p) => p.seriesName + ': ' + percent(p.value) + ' (' + count(p.data.count) + ')')], {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: tint(t.rest, 0.15)}}}),
      xAxis: valueAxis(t, '', {axisLabel: {color: t.muted, formatter: (v) => percent(v, 0)}}),
      yAxis: categoryAxis(t, names.map((name) => short(name, width < 560 ? 16 : 26)), {inverse: true}),
      series: sources.map((source, i) => ({
        name: source.name, type: 'bar', barGap: '10%', barCategoryGap: '28%',
        itemStyle: {color: t.colors[i], borderRadius: [0, 3, 3, 0]},
        data: share(source).map((value, j) => ({value, count: counts(source)[j]})),
      })),
    }),
    table: table('Principles by source', ['Principle', '#Demonstrations', ...part.sources.map((source) => '#' + source.name)],
        names.map((name, j) => [name, count(counts(everything)[j]), ...part.sources.map((source) => count(counts(source)[j]) + ' (' + percent(share(source)[j]) + ')')])),
  }));
  if (typed.length > 0) {
    result.append(heatmap(typed, names, share, counts));
  }
  return result;
}

/** How many answers begin by declining, and of which sources and types of question. */
function declining(part, sources, typed) {
  const share = (group) => percent(group.demonstrations ? group.declining / group.demonstrations : 0);
  const line = (group) => [group.name, count(group.demonstrations), count(group.declining), share(group)];
  const most = [...typed].filter((type) => type.declining > 0).sort((a, b) => b.declining - a.declining).slice(0, 3);
  return el('div', 'card wide', el('h3', '', 'Answers that begin by declining'),
      el('p', 'says', count(part.declining) + ' of ' + plural(part.demonstrations, 'answer') + ' (' + share(part) + ') begin by refusing or by'
          + ' not knowing. They are kept: a model that is trained on many of them learns to decline.'
          + (most.length > 0 ? ' Most are of: ' + most.map((type) => type.name + ' ' + type.declining).join(', ') + '.' : '')),
      table('Declining by source and question type', ['Group', '#Demonstrations', '#Declining', '#Share'], [...(part.sources.length > 1 ? sources : []), ...typed].map(line)));
}

/** How well the model tells answers that break a principle, in words. */
function selfCheck(check) {
  const m = check.measured;
  const found = m.pairs === 0
    ? 'There was no pair of answers to measure it on'
    : 'Of two answers, one of which breaks a principle, the model finds the right one worse in ' + percent(m.auc, 0)
      + ' of all cases (AUC ' + m.auc.toFixed(2) + ', 95% interval ' + m.low.toFixed(2) + ' to ' + m.high.toFixed(2) + ', '
      + plural(m.pairs, 'labelled pair') + '; 0.5 is a coin toss)';
  const shares = percent(m.found, 0) + ' of the answers that break a principle and ' + percent(m.false_drops, 0) + ' of those that don\'t';
  const why = m.pairs === 0
    ? ''
    : m.auc < m.min_auc
      ? ', but must in ' + percent(m.min_auc, 0)
      : '. But over the bound, which may drop ' + percent(m.max_false_drops, 0) + ' of good answers, lie only ' + shares;
  return el('div', 'card wide', el('h3', '', 'The check whether answers break a principle'), el('p', 'says', found + (check.used
    ? '. It was used: over its bound lie ' + shares + '.'
    : why + '. The check was left out, and no answer was dropped as unsafe.')));
}

function heatmap(types, names, share, counts) {
  const cells = types.flatMap((type, y) => share(type).map((value, x) => ({value: [x, y, value], count: counts(type)[x]})));
  const most = Math.max(0.01, ...cells.map((cell) => cell.value[2]));
  return figure({
    wide: true,
    title: 'Principles by question type',
    says: 'Which principles the questions of each type call for: the stronger the colour, the larger the share of its demonstrations, in percent.',
    height: (width) => 150 + types.length * (width < 560 ? 22 : 26),
    build: (t, width) => {
      const narrow = width < 560;
      return {
        grid: {left: 8, right: 12, top: 8, bottom: 8, containLabel: true},
        tooltip: tooltip(t, (p) => [types[p.value[1]].name, names[p.value[0]] + ': ' + percent(p.value[2]), count(p.data.count) + ' of ' + plural(types[p.value[1]].demonstrations, 'demonstration')]),
        xAxis: categoryAxis(t, names.map((name) => short(name, 18)), {axisLabel: {rotate: narrow ? 90 : 45, fontSize: narrow ? 10 : 12, interval: 0, color: t.muted}, axisLine: {show: false}}),
        yAxis: categoryAxis(t, types.map((type) => short(type.name, narrow ? 18 : 44)), {inverse: true, axisLabel: {fontSize: narrow ? 10 : 12, interval: 0}, axisLine: {show: false}}),
        visualMap: {show: false, min: 0, max: most, inRange: {color: [t.soft, tint(t.heat, 0.55), t.heat]}},
        series: [{type: 'heatmap', data: cells, itemStyle: {borderColor: t.card, borderWidth: 2, borderRadius: 4},
          label: {show: !narrow && names.length <= 18, fontSize: 11, color: t.ink, formatter: (p) => (p.value[2] > 0 ? (100 * p.value[2]).toFixed(0) : '')}, emphasis: {itemStyle: {borderColor: t.ink}}}],
      };
    },
    table: table('Principles by question type', ['Question type', '#Demonstrations', ...names.map((name) => '#' + name)],
        types.map((type) => [type.name, count(type.demonstrations), ...share(type).map((value) => percent(value, 0))])),
  });
}
