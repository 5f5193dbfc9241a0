// Puts the sections on the page, and draws the charts anew when the page changes its size or colours.

document.getElementById('top').append(...overview(data.overview).filter(Boolean));

const SECTIONS = [
  ['funnel', 'From candidates to training data', 'Nothing disappears: what is not kept is in the ledger of its stage, with the reason why it was dropped.', data.funnel, funnel],
  ['variety', 'What the instructions are like', 'Instructions that stage 1 invented.',
    data.instructions.missing && data.topics.missing ? {missing: data.instructions.missing}
      : {similarity: data.instructions, verbs: data.verbs, topics: data.topics}, variety],
  ['principles', 'Principles at work', 'Before it answers in stage 2, the model writes down which principles apply.', data.principles, principles],
  ['lengths', 'Length of answers', 'Stage 4 teaches the model to answer at length.', data.lengths, lengths],
  ['training', 'Training', 'Loss is the mean negative log-probability of a completion token, in nats.', data.training, training],
  ['evaluation', 'Evaluation', 'What the models know and do, before and after.', data.evaluation, evaluation],
  ['samples', 'From seed to answer', 'A few demonstrations, drawn at random, each with the records it was made from.', data.samples, samples],
  ['timings', 'Time and throughput', 'Where the time went.', data.timings, timings],
  ['configuration', 'Configuration', 'What decides the data of the run; the same again gives the same data.', data.configuration, configuration],
];

const main = document.getElementById('report');
const links = SECTIONS.map(([id, title, lead, part, build]) => {
  main.append(section(id, title, lead, part, build));
  const link = el('a', '', {funnel: 'Funnel', variety: 'Instructions', principles: 'Principles', lengths: 'Lengths', training: 'Training', evaluation: 'Evaluation', samples: 'Samples', timings: 'Time', configuration: 'Configuration'}[id]);
  link.href = '#' + id;
  return link;
});
document.getElementById('contents').append(el('div', '', ...links));
document.getElementById('end').append(el('p', '', 'Written by selfalign. This page loads nothing and sends nothing. Charts: Apache ECharts, Apache License 2.0.'));

drawAll();
document.documentElement.dataset.drawn = String(charts.length);

let waiting = null;
new ResizeObserver(() => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => charts.forEach((chart) => {
    if (chart.holder.clientWidth && chart.holder.clientWidth !== chart.width) draw(chart);
  }));
}).observe(main);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);

// Paper is white.
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('print');
  drawAll();
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('print');
  drawAll();
});

// Which section is being read.
const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
  const link = links.find((candidate) => candidate.hash === '#' + entry.target.id);
  if (entry.isIntersecting) {
    links.forEach((other) => other.removeAttribute('aria-current'));
    link.setAttribute('aria-current', 'true');
  }
}), {rootMargin: '-15% 0px -75% 0px'});
main.querySelectorAll('section').forEach((element) => seen.observe(element));
