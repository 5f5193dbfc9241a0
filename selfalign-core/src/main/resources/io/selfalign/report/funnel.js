// What each stage kept, and what it dropped for which reason.

function funnel(part) {
  const stages = part.stages.filter((stage) => stage.kind === 'texts');
  const all = new Map();
  stages.forEach((stage) => stage.drops.forEach((drop) => {
    all.set(drop.reason, (all.get(drop.reason) || 0) + drop.count);
  }));
  const reasons = [...all.keys()].sort((a, b) => all.get(b) - all.get(a));
  const shown = reasons.slice(0, 7);
  const of = (stage, reason) => (stage.drops.find((drop) => drop.reason === reason) || {count: 0}).count;
  const rest = (stage) => stage.dropped - shown.reduce((sum, reason) => sum + of(stage, reason), 0);
  const made = (stage) => stage.kept + stage.dropped;
  const series = [
    {name: 'kept', values: stages.map((stage) => stage.kept)},
    ...shown.map((reason) => ({name: reason, values: stages.map((stage) => of(stage, reason))})),
  ];
  if (stages.some((stage) => rest(stage) > 0)) {
    series.push({name: 'other reasons', values: stages.map(rest)});
  }
  const color = (t, i, name) => (i === 0 ? t.colors[2] : name === 'other reasons' ? t.rest
      : [t.colors[1], t.colors[5], t.colors[3], t.colors[4], t.colors[0], t.colors[6], t.colors[7]][i - 1]);
  const bars = (share) => (t, width) => {
    const narrow = width < 560;
    return {
      legend: legend(t, {type: narrow ? 'scroll' : 'plain', right: 0}),
      grid: {left: narrow ? 4 : 8, right: 28, top: narrow ? 34 : 56, bottom: 24, containLabel: true},
      tooltip: tooltip(t, (p) => [p.name, p.seriesName + ': ' + count(p.data.count) + ' of ' + count(p.data.made)
          + ' (' + percent(p.data.made ? p.data.count / p.data.made : 0) + ')']),
      xAxis: valueAxis(t, '', {max: share ? 1 : undefined, axisLabel: {color: t.muted, hideOverlap: true, formatter: (v) => (share ? percent(v, 0) : count(v))}}),
      yAxis: categoryAxis(t, stages.map((stage) => stage.stage), {inverse: true, axisLabel: {fontSize: narrow ? 11 : 12.5}}),
      series: series.map((s, i) => ({
        name: s.name, type: 'bar', stack: 'all', barMaxWidth: 26, barMinHeight: 0,
        itemStyle: {color: color(t, i, s.name), borderColor: t.card, borderWidth: 0.5},
        emphasis: {focus: 'series'},
        label: i === 0 ? {show: true, position: 'insideLeft', color: t.card, fontSize: 11.5, fontWeight: 600,
          formatter: (p) => (p.data.value / (share ? 1 : Math.max(...stages.map(made))) > 0.09 ? count(p.data.count) : '')} : {show: false},
        data: s.values.map((value, j) => ({
          value: share ? (made(stages[j]) ? value / made(stages[j]) : 0) : value, count: value, made: made(stages[j]), name: stages[j].stage,
        })),
      })),
    };
  };
  const height = (width) => (width < 560 ? 34 : 56) + 30 + stages.length * 36;
  const rows = () => part.stages.map((stage) => [
    stage.stage + (stage.complete ? '' : ' (not complete)'), count(stage.kept), count(stage.dropped),
    made(stage) ? percent(stage.kept / made(stage)) : '–',
    [...stage.drops.map((drop) => drop.reason + ' ' + count(drop.count)),
      ...(stage.more > 0 ? ['other reasons ' + count(stage.more)] : [])].join(', ') || '–']);
  const words = stages.map((stage) => stage.stage + ' kept ' + count(stage.kept) + ' of ' + count(made(stage))).join('; ');
  const grid = el('div', 'grid');
  if (stages.length > 0) {
    grid.append(
        figure({title: 'How many', says: 'Texts that each stage made, by what became of them.', label: words, height, build: bars(false), table: table('Kept and dropped', ['Stage', '#Kept', '#Dropped', '#Share kept', 'Rules'], rows())}),
        figure({title: 'Which share', says: 'The same, with each stage as 100%.', label: words, height, build: bars(true),
          table: table('Reasons', ['Reason', '#Dropped'], reasons.map((reason) => [reason, count(all.get(reason))]))}));
  } else {
    grid.append(el('div', 'card wide', table('Kept and dropped', ['Stage', '#Kept', '#Dropped', '#Share kept', 'Rules'], rows())));
  }
  return grid;
}
