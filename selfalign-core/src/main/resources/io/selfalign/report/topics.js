// Question types, and the topics that the model thought of for each.

function topics(part) {
  const groups = part.types.map((type) => {
    const listed = type.topics.slice(0, 7);
    const rest = type.count - listed.reduce((sum, topic) => sum + topic.count, 0);
    return {name: type.type, value: type.count, parts: [...listed.map((topic) => ({name: topic.topic, value: topic.count})),
      ...(rest > 0 ? [{name: plural(type.different - listed.length, 'other topic'), value: rest, rest: true}] : [])]};
  });
  const one = part.of === 'topics' ? 'topic' : 'instruction';
  // The names are too long for the ring: it has numbers, and the key beside it tells which is which.
  const key = el('ol', 'key', ...part.types.map((type, i) => {
    const name = el('span', 'name', type.type);
    name.dir = 'auto';
    return el('li', '', el('span', 'swatch k' + (i % 8 + 1), i + 1), name, el('span', 'n', count(type.count)));
  }));
  return figure({
    wide: true,
    aside: key,
    title: 'Question types and topics',
    says: count(part.count) + ' ' + part.of + (part.of === 'topics' ? '' : ' on given topics') + ': inside the question types, outside their most frequent topics.',
    label: part.types.slice(0, 4).map((type) => type.type + ' ' + count(type.count)).join(', ') + (part.types.length > 4 ? ' and others.' : '.'),
    note: part.more_types > 0 ? plural(part.more_types, 'more type') + ' not shown.' : null,
    height: (width) => Math.min(560, Math.max(320, width)),
    build: (t, width) => sunburst(t, width, groups, (names, value) => [names[names.length - 1], ...(names.length > 1 ? [names[0]] : []), plural(value, one) + ', ' + percent(value / part.count)],
        {inner: {formatter: (p) => String(part.types.findIndex((type) => type.type === p.name) + 1), rotate: 0}}),
    table: table('Types and topics', ['Question type', '#' + one[0].toUpperCase() + one.slice(1) + 's', '#Topics', 'Most frequent'],
        part.types.map((type) => [type.type, count(type.count), count(type.different), type.topics.map((topic) => topic.topic + ' ' + count(topic.count)).join(', ')])),
  });
}

/** Similarity, verbs and topics, as far as the run has them. */
function variety(parts) {
  const grid = el('div', 'grid');
  const missing = [];
  [[parts.similarity, similarity], [parts.verbs, verbs], [parts.topics, topics]].forEach(([part, build]) => {
    if (!part.missing) {
      grid.append(build(part));
    } else if (!missing.includes(part.missing)) {
      missing.push(part.missing);
    }
  });
  const narrow = grid.querySelectorAll('figure:not(.wide)');
  if (narrow.length % 2 === 1) narrow[narrow.length - 1].classList.add('wide');
  return [grid.childElementCount ? grid : null, ...missing.map((text) => el('p', 'missing', text))];
}
