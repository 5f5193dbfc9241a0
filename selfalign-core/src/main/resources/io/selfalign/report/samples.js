// A few demonstrations, from the seeds to the answer.

function samples(part) {
  return part.samples.map((sample) => {
    const steps = trail(sample, part.stage).map((step) => el('li', '',
        el('p', 'label', step.stages.join(' → ') + (step.records.length > 1 && step.records.every((r) => r.seed) ? ' · ' + plural(step.records.length, 'seed') : '')
            + (step.records.some((r) => !r.kept) ? ' · dropped' : '')),
        step.records.length > 2
            ? disclosure(short(step.records[0].text, 70) + ' and ' + (step.records.length - 1) + ' more', ...step.records.map(ancestor))
            : el('div', '', ...step.records.map(ancestor)),
        step.more > 0 ? el('p', 'note', 'and ' + count(step.more) + ' more') : null));
    const box = (label, text) => el('div', '', el('p', 'label', label), foreign(text));
    return el('article', 'card sample', el('h3', '', foreign(short(sample.query, 200))),
        el('ol', 'trail', ...steps),
        el('div', '', ...[sample.source, sample.question_type].filter(Boolean).map((text) => el('span', 'chip', text)),
            ...sample.principles.map((name) => el('span', 'chip', 'principle: ' + name))),
        el('div', 'answers',
            Array.from(sample.query).length > 200 ? box('Query', sample.query) : null,
            box('Thoughts of stage 2', sample.thoughts),
            box('Answer of stage 2', sample.answer),
            sample.verbose_answer ? box('Answer of stage 4', sample.verbose_answer) : null),
        el('p', 'note', el('code', '', sample.id), ', written by ', el('code', '', sample.model)));
  });
}

/** The steps to a demonstration; where a text is handed on as it is, its stages are one step. */
function trail(sample, stage) {
  const steps = [];
  sample.generations.forEach((generation) => {
    const groups = groupByStage(generation.records);
    groups.forEach(([name, records], i) => {
      const last = steps[steps.length - 1];
      const same = last && last.records.length === 1 && records.length === 1 && last.records[0].text === records[0].text;
      const more = i === groups.length - 1 ? generation.more : 0;
      if (same) {
        last.stages.push(name);
        last.more += more;
      } else {
        steps.push({stages: [name], records, more});
      }
    });
  });
  const last = steps[steps.length - 1];
  if (last) last.stages.push(stage);
  else steps.push({stages: [stage], records: [], more: 0});
  return steps;
}

function groupByStage(records) {
  const groups = new Map();
  records.forEach((record) => groups.set(record.stage, [...(groups.get(record.stage) || []), record]));
  return [...groups];
}

function ancestor(record) {
  const text = foreign(record.text || record.id);
  text.title = record.id;
  return el('div', record.seed ? 'seed' : '', text);
}
