// How varied the instructions are: ROUGE-L of neighbours, and root verbs with their nouns.

function similarity(part) {
  const bins = part.kept.length;
  const edges = part.kept.map((_, i) => (i / bins).toFixed(2) + ' to ' + ((i + 1) / bins).toFixed(2));
  const dropped = part.dropped.reduce((a, b) => a + b, 0);
  const below = (limit) => part.kept.slice(0, Math.round(limit * bins)).reduce((a, b) => a + b, 0) / Math.max(1, part.compared);
  const sampled = part.compared < part.instructions || part.pool < part.instructions;
  return figure({
    title: 'Nearest neighbour of each instruction',
    says: 'ROUGE-L F of an instruction with the kept one that is most like it: the further left, the more varied.'
        + (dropped ? ' What was dropped as a near-duplicate is shown by what it was like.' : ''),
    label: percent(below(0.5), 0) + ' of the instructions have no other with an F over 0.5.',
    note: sampled ? plural(part.compared, 'instruction') + ' drawn at random, compared with ' + count(part.pool) + '.' : null,
    height: (width) => (width > 640 ? 320 : Math.max(300, Math.min(500, 0.9 * width))),
    build: (t, width) => ({
      legend: dropped ? legend(t, {type: width < 480 ? 'scroll' : 'plain', right: 0}) : {show: false},
      grid: {left: 8, right: 12, top: 34, bottom: 34, containLabel: true},
      tooltip: tooltip(t, (list) => ['F from ' + edges[list[0].dataIndex], ...list.map((p) => p.seriesName + ': ' + count(p.value))], {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: tint(t.rest, 0.15)}}}),
      xAxis: categoryAxis(t, edges, {name: 'ROUGE-L F', nameLocation: 'middle', nameGap: 28, nameTextStyle: {color: t.muted},
        axisLabel: {color: t.muted, interval: 3, formatter: (_, i) => (i / bins).toFixed(1), align: 'left', padding: [0, 0, 0, width < 480 ? -4 : -10]}}),
      yAxis: valueAxis(t, '', {minInterval: 1}),
      series: [
        {name: 'kept', type: 'bar', stack: 'all', barCategoryGap: '8%', itemStyle: {color: t.colors[2], borderRadius: 2}, data: part.kept},
        ...(dropped ? [{name: 'dropped as near-duplicates', type: 'bar', stack: 'all', itemStyle: {color: t.colors[1], borderRadius: 2}, data: part.dropped}] : []),
      ],
    }),
    table: table('ROUGE-L F', ['F', '#Kept', '#Dropped'], part.kept.map((kept, i) => [edges[i], count(kept), count(part.dropped[i])])),
  });
}

function verbs(part) {
  const title = 'Verbs and nouns of instructions';
  if (part.verbs.length === 0) {
    return el('p', 'missing wide', 'No instruction has a verb of the list in a place where it is looked for; only English is understood.');
  }
  const groups = part.verbs.map((verb) => {
    const listed = verb.nouns.slice(0, 5);
    const rest = verb.count - listed.reduce((sum, noun) => sum + noun.count, 0);
    return {name: verb.verb, value: verb.count, parts: [...listed.map((noun) => ({name: noun.noun, value: noun.count})),
      ...(rest > 0 ? [{name: 'other nouns', value: rest, rest: true}] : [])]};
  });
  const shownVerbs = part.verbs.reduce((sum, verb) => sum + verb.count, 0);
  return figure({
    title,
    says: 'Inside the ' + (part.different > part.verbs.length ? part.verbs.length + ' most frequent of ' + part.different + ' root verbs' : plural(part.different, 'root verb'))
        + ', outside the nouns they most often go with. ' + percent(shownVerbs / part.instructions, 0) + ' of the instructions are in the chart.',
    label: part.verbs.slice(0, 5).map((verb) => verb.verb + ' ' + count(verb.count)).join(', ') + ' and others.',
    note: 'Found by a rule, not a parser: the first verb of a list that begins a clause, and the last word of the noun phrase after it. '
        + percent(1 - part.with_verb / part.instructions, 0) + ' have none.',
    height: (width) => Math.min(560, Math.max(320, width)),
    build: (t, width) => sunburst(t, width, groups, (names, value) => [names.join(' → '), plural(value, 'instruction') + ', ' + percent(value / part.instructions)]),
    table: table('Verbs and nouns', ['Verb', '#Instructions', 'Nouns'], part.verbs.map((verb) => [verb.verb, count(verb.count), verb.nouns.map((noun) => noun.noun + ' ' + count(noun.count)).join(', ')])),
  });
}
