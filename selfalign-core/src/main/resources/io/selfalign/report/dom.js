// Elements and numbers. Texts are set as texts, so that nothing in them is ever taken for markup.

const data = JSON.parse(document.getElementById('data').textContent);

/** An element with a class and children; strings and numbers among them become text. */
function el(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined).map(
      (child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** A text that somebody else wrote, in its own direction. */
function foreign(text, className = 'text') {
  const element = el('div', className, text);
  element.dir = 'auto';
  return element;
}

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const three = new Intl.NumberFormat('en', {maximumSignificantDigits: 3});

function count(n) {
  return whole.format(n);
}

function number(x) {
  return Math.abs(x) >= 1000 ? whole.format(x) : three.format(x);
}

function percent(share, digits = 1) {
  return (100 * share).toFixed(digits) + '%';
}

function plural(n, one, many = one + 's') {
  return count(n) + ' ' + (n === 1 ? one : many);
}

function duration(seconds) {
  if (seconds < 1) return seconds === 0 ? '0 s' : Math.max(1, Math.round(seconds * 1000)) + ' ms';
  if (seconds < 60) return number(seconds) + ' s';
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + Math.floor(seconds % 60) + ' s';
  if (minutes < 60 * 48) return Math.floor(minutes / 60) + ' h ' + (minutes % 60) + ' min';
  return Math.floor(minutes / 1440) + ' d ' + Math.floor((minutes % 1440) / 60) + ' h';
}

/**
 * A table. A column is a heading, with # before it if it has numbers; the first cell of a row is its
 * heading.
 */
function table(caption, columns, rows) {
  const isNumber = columns.map((column) => column.startsWith('#'));
  const cell = (name, i, content) => {
    const element = el(name, isNumber[i] ? 'number' : '', content);
    if (!isNumber[i]) element.dir = 'auto';
    return element;
  };
  const head = el('tr', '', ...columns.map((column, i) => {
    const th = cell('th', i, column.replace(/^#/, ''));
    th.scope = 'col';
    return th;
  }));
  const body = rows.map((row) => el('tr', '', ...row.map((content, i) => {
    const element = cell(i === 0 ? 'th' : 'td', i, content);
    if (i === 0) element.scope = 'row';
    return element;
  })));
  const result = el('table', '', el('thead', '', head), el('tbody', '', ...body));
  result.setAttribute('aria-label', caption);
  return result;
}

/** Content that is shown on demand. */
function disclosure(title, ...content) {
  return el('details', '', el('summary', '', title), ...content);
}

/** A section of the page, or the sentence why there is none. */
function section(id, title, lead, part, build) {
  const heading = el('h2', '', title);
  heading.id = id + '-title';
  const element = el('section', '', heading);
  element.id = id;
  element.setAttribute('aria-labelledby', heading.id);
  if (part.missing) {
    element.append(el('p', 'missing', part.missing));
  } else {
    element.append(el('p', 'lead', lead));
    element.append(...[build(part)].flat().filter(Boolean));
  }
  return element;
}
