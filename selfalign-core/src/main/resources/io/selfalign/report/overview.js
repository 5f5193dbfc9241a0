// The head of the page: what was run, and the figures that matter most.

function overview(part) {
  document.title = part.name + ' – selfalign report';
  const complete = part.unfinished.length === 0;
  const state = el('li', complete ? 'state' : 'state open', complete
      ? 'Complete: ' + plural(part.stages, 'stage')
      : part.complete + ' of ' + plural(part.stages, 'stage') + ' complete; open: ' + part.unfinished.join(', '));
  const name = el('h1', '', part.name);
  name.dir = 'auto';
  const when = part.started ? new Date(part.started) : null;
  const tile = (what, value, note) => el('div', 'tile',
      el('div', 'what', what), el('div', 'value', value), el('div', 'note', note));
  const tiles = [];
  const ofWritten = (c) => (c.dropped === 0 ? 'none dropped' : percent(c.kept / (c.kept + c.dropped), 0) + ' of what was written');
  if (part.instructions) tiles.push(tile('Instructions', count(part.instructions.kept), ofWritten(part.instructions)));
  if (part.demonstrations) tiles.push(tile('Answers under principles', count(part.demonstrations.kept), ofWritten(part.demonstrations)));
  if (part.verbose_answers) tiles.push(tile('Extensive answers', count(part.verbose_answers.kept), ofWritten(part.verbose_answers)));
  if (part.adapters > 0) tiles.push(tile('Adapters trained', count(part.adapters), trainedSteps()));
  if (part.seconds > 0) tiles.push(tile('Time at work', duration(part.seconds), 'all processes together'));
  return [
    el('div', 'brand', 'selfalign · report of a run'),
    name,
    el('ul', 'facts', state,
        when ? el('li', '', 'begun ' + when.toISOString().slice(0, 16).replace('T', ' ') + ' UTC') : null,
        el('li', '', 'seed ' + part.seed), el('li', '', part.library)),
    tiles.length ? el('div', 'tiles', ...tiles) : null,
  ];
}

function trainedSteps() {
  const trainings = data.training.trainings || [];
  const steps = trainings.map((t) => (t.adapter ? t.adapter.steps : 0)).reduce((a, b) => a + b, 0);
  return plural(steps, 'optimizer step');
}
