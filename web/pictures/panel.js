// Draws a dashboard of config/grafana as a page: what each panel asks for, and what came of it, is given by dashboards.mjs.
/* global document, window */
const COLOURS = ['#73bf69', '#f2cc0c', '#8ab8ff', '#ff780a', '#f2495c', '#b877d9', '#56d9fe', '#ffb357', '#c0d8ff', '#96d98d'];
const COLUMNS = 24;
const ROW = 38;
const GAP = 8;

const UNITS = {
  reqps: (number) => `${round(number)} req/s`,
  s: (number) => (number < 1 ? `${round(number * 1000)} ms` : `${round(number)} s`),
  percentunit: (number) => `${round(number * 100)} %`,
};

function round(number) {
  return Number.isInteger(number) ? number.toLocaleString('en') : Number(number.toPrecision(3)).toString();
}

function shown(number, { unit, mappings = [] } = {}) {
  const mapped = mappings.flatMap((mapping) => mapping.options?.[String(number)]?.text ?? []);
  return mapped[0] ?? (Number.isNaN(number) ? 'no data' : (UNITS[unit] ?? round)(number));
}

function element(name, attributes = {}, ...children) {
  const inSvg = ['svg', 'path', 'line', 'text', 'rect', 'g'].includes(name);
  const made = inSvg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function stat({ defaults }, { rows, series }) {
  const values = rows ? Object.entries(rows[0] ?? {}) : series.map(({ name, points }) => [name, points.at(-1)?.[1] ?? NaN]);
  const one = ([name, value]) =>
    element('div', { class: 'value' }, element('b', {}, shown(Number(value), defaults)), ...(name ? [element('i', {}, name)] : []));
  return element('div', { class: 'stat' }, ...values.map(one));
}

function table(_, { rows }) {
  const names = Object.keys(rows[0] ?? {});
  const cell = (value) => element('td', { class: typeof value }, value === null ? '' : String(value));
  const head = element('tr', {}, ...names.map((name) => element('th', {}, name)));
  return element('table', {}, head, ...rows.map((row) => element('tr', {}, ...names.map((name) => cell(row[name])))));
}

function barchart({ options }, { rows }) {
  const numbers = Object.keys(rows[0] ?? {}).filter((name) => name !== options.xField);
  const most = Math.max(1, ...rows.flatMap((row) => numbers.map((name) => row[name] ?? 0)));
  const bar = (row) => (name, place) => {
    const style = `width:${(80 * (row[name] ?? 0)) / most}%;background:${COLOURS[place]}`;
    return element('div', { class: 'bar' }, element('span', { style }), element('b', {}, round(row[name] ?? 0)));
  };
  const line = (row) =>
    element('div', { class: 'bars' }, element('label', {}, row[options.xField]), element('div', {}, ...numbers.map(bar(row))));
  const parts = rows.map(line);
  if (numbers.length > 1) parts.push(legend(numbers));
  return element('div', { class: 'barchart' }, ...parts);
}

function legend(names) {
  const key = (name, place) =>
    element('span', {}, element('em', { style: `background:${COLOURS[place % COLOURS.length]}` }), name);
  return element('div', { class: 'legend' }, ...names.map(key));
}

function timeseries({ defaults, width, height }, { series, from, to }) {
  const [left, right, top, bottom] = [64, width - 12, 8, height - 66];
  const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const most = (Math.max(0, ...values) || 1) * 1.1;
  const x = (time) => left + ((time - from) / (to - from)) * (right - left);
  const y = (value) => bottom - (value / most) * (bottom - top);
  const drawn = element('svg', { width, height: height - 44 });
  for (let step = 0; step <= 4; step++) {
    const value = (most * step) / 4;
    drawn.append(element('line', { x1: left, x2: right, y1: y(value), y2: y(value), class: 'grid' }));
    drawn.append(element('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, shown(Number(value.toPrecision(2)), defaults)));
    const time = from + ((to - from) * step) / 4;
    const words = new Date(time * 1000).toISOString().slice(11, 19);
    drawn.append(element('text', { x: x(time), y: bottom + 16, 'text-anchor': step === 4 ? 'end' : 'middle' }, words));
  }
  series.forEach(({ points }, place) => {
    const known = points.filter(([, value]) => Number.isFinite(value));
    const path = known.map(([time, value], nth) => `${nth ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join('');
    drawn.append(element('path', { d: path, stroke: COLOURS[place % COLOURS.length], class: 'line' }));
  });
  const shownNames = series.map(({ name }) => name).slice(0, 6);
  if (series.length > shownNames.length) shownNames.push(`and ${series.length - shownNames.length} more`);
  return element('div', {}, drawn, legend(shownNames));
}

const KINDS = { stat, table, barchart, timeseries };

window.draw = ({ title, panels }) => {
  const board = element('main', {}, element('h1', {}, title));
  const unit = (window.innerWidth - GAP) / COLUMNS;
  for (const { panel, answer } of panels) {
    const { x, y, w, h } = panel.gridPos;
    const [width, height] = [w * unit - GAP, h * ROW - GAP];
    const style = `left:${GAP + x * unit}px;top:${56 + y * ROW}px;width:${width}px;height:${height}px`;
    const how = { options: panel.options ?? {}, defaults: panel.fieldConfig?.defaults ?? {}, width: width - 16, height: height - 46 };
    board.append(element('section', { style }, element('h2', {}, panel.title), KINDS[panel.type](how, answer)));
  }
  document.body.replaceChildren(board);
  return 56 + Math.max(...panels.map(({ panel }) => (panel.gridPos.y + panel.gridPos.h) * ROW)) + GAP;
};
