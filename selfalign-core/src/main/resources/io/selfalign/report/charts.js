// What all charts have in common: colours from the style sheet, in light and dark, and the frame of
// a chart with its title, what it says in words, and its data as a table.

const charts = [];

function theme() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue('--' + name).trim();
  return {
    ink: get('ink'), muted: get('muted'), line: get('line'), soft: get('soft'), card: get('card'),
    accent: get('accent'), rest: get('rest'), heat: get('heat'), good: get('good'), bad: get('bad'),
    colors: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => get('c' + i)),
    font: get('chart'),
  };
}

/**
 * A chart in its frame.
 *
 * @param options title, says, label (in words, for who can't see it), height in pixels or a function
 *     of the width, build(theme, width) which gives the chart's options, table, wide
 */
function figure(options) {
  const title = el('h3', '', options.title);
  title.id = 'chart-' + (charts.length + 1);
  const holder = el('div', 'chart');
  holder.setAttribute('role', 'img');
  holder.setAttribute('aria-label', options.title + '. ' + (options.label || options.says || ''));
  const element = el('figure', options.wide ? 'wide' : '', title,
      options.says ? el('p', 'says', options.says) : null,
      options.aside ? el('div', 'beside', holder, options.aside) : holder,
      options.note ? el('p', 'note', options.note) : null,
      options.table ? disclosure('Show as a table', el('div', 'scroll tall', options.table)) : null);
  element.setAttribute('role', 'group');
  element.setAttribute('aria-labelledby', title.id);
  charts.push({holder, options, drawn: null});
  return element;
}

function draw(chart) {
  const width = chart.holder.clientWidth || 600;
  const height = typeof chart.options.height === 'function' ? chart.options.height(width) : chart.options.height;
  chart.holder.style.height = height + 'px';
  if (!chart.drawn) {
    chart.drawn = echarts.init(chart.holder, null, {renderer: 'svg'});
  }
  chart.drawn.resize({width, height});
  const colors = theme();
  const built = {...frame(colors), ...chart.options.build(colors, width), animation: false};
  makeRoom(built);
  chart.drawn.setOption(built, {notMerge: true});
  chart.width = width;
}

/** The library measures labels a little too short where it does not have its font: some pixels more. */
function makeRoom(options) {
  if (options.yAxis && options.yAxis.type === 'category') {
    options.grid.left += Math.ceil(0.85 * Math.max(...options.yAxis.data.map((label) => label.length)));
  }
}

function drawAll() {
  charts.forEach(draw);
}

/** What holds for every chart. */
function frame(t) {
  return {
    color: t.colors,
    backgroundColor: 'transparent',
    textStyle: {fontFamily: t.font, color: t.ink},
  };
}

/** A tooltip whose content is made of elements, never of markup. */
function tooltip(t, content, more = {}) {
  return {
    confine: true,
    backgroundColor: t.card,
    borderColor: t.line,
    padding: [8, 12],
    textStyle: {color: t.ink, fontSize: 13, fontFamily: t.font},
    formatter: (parameters) => {
      const [title, ...lines] = content(parameters);
      return el('div', 'tip', el('b', '', title), ...lines.map((line) => el('div', '', line)));
    },
    ...more,
  };
}

function legend(t, more = {}) {
  return {
    top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 12, itemGap: 14,
    textStyle: {color: t.ink, fontSize: 12.5},
    pageTextStyle: {color: t.muted}, pageIconColor: t.accent, pageIconInactiveColor: t.line, ...more,
  };
}

function valueAxis(t, name, more = {}) {
  const {axisLabel, ...rest} = more;
  return {
    type: 'value', name, nameLocation: 'middle', nameGap: 30,
    nameTextStyle: {color: t.muted, fontSize: 12},
    axisLabel: {color: t.muted, fontSize: 12, hideOverlap: true, ...axisLabel},
    axisLine: {show: false}, axisTick: {show: false},
    splitLine: {lineStyle: {color: t.line}}, ...rest,
  };
}

function categoryAxis(t, categories, more = {}) {
  const {axisLabel, ...rest} = more;
  return {
    type: 'category', data: categories,
    axisLabel: {color: t.ink, fontSize: 12.5, ...axisLabel},
    axisLine: {lineStyle: {color: t.line}}, axisTick: {show: false}, ...rest,
  };
}

/** A text cut to so many characters, for labels. */
function short(text, most) {
  const characters = Array.from(text);
  return characters.length <= most ? text : characters.slice(0, most - 1).join('') + '…';
}

/** A colour between the card's and another, 0 to 1. */
function tint(color, share) {
  return share >= 1 ? color : echarts.color.modifyAlpha(color, share);
}

/** Two rings: groups inside, their parts outside. Each part is {name, value}. */
function sunburst(t, width, groups, describe, names = {}) {
  const narrow = width < 480;
  return {
    tooltip: tooltip(t, (p) => describe(p.treePathInfo.slice(1).map((node) => node.name), p.value)),
    series: [{
      type: 'sunburst',
      radius: ['0%', narrow ? '98%' : '96%'],
      center: ['50%', '50%'],
      sort: null,
      nodeClick: false,
      emphasis: {focus: 'ancestor'},
      itemStyle: {borderColor: t.card, borderWidth: 1.5},
      label: {fontFamily: t.font},
      data: groups.map((group, i) => {
        const color = group.rest ? t.rest : t.colors[i % t.colors.length];
        return {
          name: group.name, value: group.value, itemStyle: {color: tint(color, i < t.colors.length ? 0.95 : 0.72)},
          children: group.parts.map((part, j) => ({
            name: part.name, value: part.value,
            itemStyle: {color: part.rest ? tint(color, 0.1) : tint(color, Math.max(0.28, 0.58 - 0.06 * j))},
            label: {show: !part.rest},
          })),
        };
      }),
      levels: [
        {},
        {r0: narrow ? '14%' : '16%', r: narrow ? '58%' : '56%', label: {color: t.card, fontWeight: 600, fontSize: narrow ? 10.5 : 12, minAngle: 7, rotate: 'radial', width: narrow ? 62 : 92, overflow: 'truncate', ...names.inner}},
        {r0: narrow ? '58%' : '56%', r: '100%', label: {color: t.ink, fontSize: narrow ? 10 : 11.5, minAngle: 3.2, rotate: 'radial', width: narrow ? 58 : 92, overflow: 'truncate', ...names.outer}},
      ],
    }],
  };
}
