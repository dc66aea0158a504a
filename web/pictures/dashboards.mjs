// Pictures of the dashboards in config/grafana: what their panels ask for is asked of a gateway under load and of a Prometheus that
// reads its metrics, and drawn as Grafana would lay it out.
// Usage: node web/pictures/dashboards.mjs PROGRAM FOLDER; needs the Debian packages prometheus and chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { launch } from '../test/page.mjs';

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const root = resolve(import.meta.dirname, '../..');
const boards = join(root, 'config/grafana/dashboards');
const SECONDS = Number(process.env.PICTURE_SECONDS ?? 150);
/** What Grafana puts for four scrapes. */
const RATE_INTERVAL = '10s';
const home = mkdtempSync(join(tmpdir(), 'pictures-'));
const children = [];

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function free() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(`127.0.0.1:${port}`));
    });
  });
}

function start(command, ...parameters) {
  const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('error', (error) => {
    console.error(`${command}: ${error.message}`);
    process.exit(1);
  });
  children.push(child);
}

async function there(url) {
  for (let tenths = 0; tenths < 300; tenths++) {
    if (await fetch(url).then((answer) => answer.ok, () => false)) return;
    await pause(100);
  }
  throw new Error(`${url} does not answer`);
}

async function json(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** A simulated portal, a gateway with the documents of the dashboards, and a Prometheus that reads its metrics each second. */
async function serve() {
  const [portal, gateway, operator, prometheus] = [await free(), await free(), await free(), await free()];
  const settings = {
    PORTAL__URL: `http://${portal}`,
    PORTAL__CALLBACK_URL: `http://${portal}`,
    SERVER__LISTEN: gateway,
    SERVER__OPERATOR_LISTEN: operator,
    TRUSTED_DOCUMENTS__PATH: join(root, 'config/documents'),
    CACHE__USER_SECONDS: '5',
    CACHE__SKILL_GROUP_SECONDS: '5',
    LOG__LEVEL: 'error',
    LOG__AUDIT: 'off',
  };
  for (const [name, value] of Object.entries(settings)) process.env[`PORTALGRAPH__${name}`] = value;
  const scrape = { job_name: 'portalgraph', scrape_interval: '1s', static_configs: [{ targets: [operator] }] };
  writeFileSync(join(home, 'prometheus.yaml'), JSON.stringify({ scrape_configs: [scrape] }));
  start(program, 'simulate', '--listen', portal, '--delay-milliseconds', '15');
  start(program, 'serve');
  start('prometheus', `--config.file=${home}/prometheus.yaml`, `--storage.tsdb.path=${home}/data`,
    `--web.listen-address=${prometheus}`, '--log.level=error');
  await Promise.all([there(`http://${gateway}/health/ready`), there(`http://${prometheus}/-/ready`)]);
  return { gateway: `http://${gateway}`, prometheus: `http://${prometheus}` };
}

async function ask(gateway, query, variables = {}, token = undefined) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  return json(`${gateway}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
}

async function signIn(gateway) {
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { sessionToken } }';
  const answer = await ask(gateway, login, { input: { username: 'admin@dmn', password: 'demo' } });
  return answer.data.login.sessionToken;
}

/** What dashboards, people and a script ask until they are told to stop: more in the middle than at the ends. */
async function busy({ gateway }, isOver) {
  const tokens = await Promise.all(Array.from({ length: 6 }, () => signIn(gateway)));
  const documents = readdirSync(join(root, 'config/documents')).map((name) => basename(name, '.graphql'));
  const began = Date.now();
  const one = async (token, nth) => {
    for (let turn = nth; !isOver(); turn++) {
      const swell = 1 + Math.sin(((Date.now() - began) / (SECONDS * 1000)) * Math.PI) * 3;
      const id = documents[turn % documents.length];
      const headers = { authorization: `Bearer ${token}` };
      await (turn % 3
        ? fetch(`${gateway}/table/${id}.json?shape=objects`, { headers }).then((answer) => answer.text())
        : ask(gateway, `{ agents(first: ${1 + (turn % 40)}) { nodes { agentNumber skillGroups { name } } } }`, {}, token));
      if (turn % 97 === 0) await ask(gateway, '{ nothing }').catch(() => {});
      await pause((400 + Math.random() * 800) / swell);
    }
  };
  const followed = JSON.stringify({ query: 'subscription { callbackQueues { name } }' });
  const stop = new AbortController();
  for (const token of tokens.slice(0, 4)) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'text/event-stream' };
    fetch(`${gateway}/graphql`, { method: 'POST', headers, body: followed, signal: stop.signal }).catch(() => {});
  }
  await Promise.all(tokens.map(one));
  stop.abort();
}

async function rowsOf(target, { gateway, token }) {
  const records = await json(gateway + target.url, { headers: { authorization: `Bearer ${token}` } });
  return records.map((record) => Object.fromEntries(target.columns.map(({ selector, text }) => [text, record[selector] ?? null])));
}

async function seriesOf(target, { prometheus, from, to }) {
  const query = target.expr.replaceAll('$__rate_interval', RATE_INTERVAL);
  const asked = new URLSearchParams({ query, start: from, end: to, step: '2' });
  const { data } = await json(`${prometheus}/api/v1/query_range?${asked}`);
  const name = (labels) => (target.legendFormat ?? '').replaceAll(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? '');
  return data.result.map(({ metric, values }) => ({
    name: name(metric),
    points: values.map(([time, value]) => [time, Number(value)]),
  }));
}

async function answerOf({ targets }, around) {
  if (targets[0].expr === undefined) return { rows: await rowsOf(targets[0], around) };
  const series = await Promise.all(targets.map((target) => seriesOf(target, around)));
  return { series: series.flat(), from: around.from, to: around.to };
}

async function draw(browser, board, around) {
  const answers = board.panels.map(async (panel) => ({ panel, answer: await answerOf(panel, around) }));
  const drawn = { title: board.title, panels: await Promise.all(answers) };
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.setContent('<!doctype html><body></body>');
  await page.addStyleTag({ path: join(import.meta.dirname, 'panel.css') });
  await page.addScriptTag({ path: join(import.meta.dirname, 'panel.js') });
  const height = await page.evaluate((dashboard) => window.draw(dashboard), drawn);
  await page.setViewportSize({ width: 1280, height: Math.ceil(height) });
  return page;
}

try {
  const served = await serve();
  const token = await signIn(served.gateway);
  const until = Date.now() + SECONDS * 1000;
  const from = Date.now() / 1000 + 5;
  await busy(served, () => Date.now() > until);
  const around = { ...served, token, from, to: Date.now() / 1000 - 1 };
  const browser = await launch();
  for (const name of readdirSync(boards)) {
    const board = JSON.parse(readFileSync(join(boards, name), 'utf8'));
    const page = await draw(browser, board, around);
    const path = join(folder, `dashboard-${basename(name, '.json')}.png`);
    await page.screenshot({ path });
    console.log(path);
  }
  await browser.close();
} finally {
  for (const child of children) child.kill();
  await pause(500);
  rmSync(home, { recursive: true, force: true });
}
