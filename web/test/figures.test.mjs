// What the console makes of the states it has seen: bounded, without leaps at a restart, and with the percentiles of classes.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const vite = await createServer({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
after(() => vite.close());
const figures = await vite.ssrLoadModule('/src/console/history.ts');
const format = await vite.ssrLoadModule('/src/console/format.ts');
const { ceiling } = await vite.ssrLoadModule('/src/console/chart.tsx');

/** A state after so many seconds, with so many queries, which took a millisecond or ten. */
function state(upSeconds, [quick, slow], { kept = 0, called = 0 } = {}) {
  return {
    upSeconds,
    requests: { shed: 0, turnedAway: {}, wholeAnswers: {} },
    operations: [
      { name: 'other', type: 'query', outcomes: { ok: quick + slow }, seconds: 0.001 * quick + 0.01 * slow, classes: [quick, quick + slow, quick + slow] },
    ],
    classEnds: [0.001, 0.01],
    upstreams: [{ name: 'portal', class: 'read', refused: { open: quick } }],
    calls: [{ operation: 'getUsers', outcomes: { ok: called }, retries: 1, hedges: 0 }],
    cache: { nouns: [{ noun: 'user', called, shared: 0, kept }], stale: {} },
    live: { polls: [] },
    plans: [{ edge: 'users_by_id', ways: { forward: quick } }],
  };
}

const values = (points) => points.map(({ value }) => value);

test('five minutes are kept and no more', () => {
  let history = [];
  for (let look = 0; look < 10_000; look += 1) {
    history = figures.followed(history, { at: 1_000 * look, state: null });
    assert.ok(history.length <= 152);
  }
  assert.ok(history.at(-1).at - history[0].at <= 300_000);
});

test('rates are of ten seconds, broken by a gap and by a restart', () => {
  const history = [
    { at: 0, state: state(100, [10, 0]) },
    { at: 2_000, state: state(102, [14, 0]) },
    { at: 12_000, state: state(112, [34, 0]) },
    { at: 14_000, state: null },
    { at: 16_000, state: state(116, [40, 0]) },
    { at: 18_000, state: state(118, [41, 1]) },
    { at: 20_000, state: state(1, [3, 0]) },
    { at: 22_000, state: state(3, [5, 0]) },
  ];
  assert.deepEqual(values(figures.perSecond(history, figures.requests)), [null, 2, 2, null, null, 1, null, 1]);
  assert.equal(figures.earliest(history).at, 20_000, 'what was counted before the restart is no part of a difference');
  assert.equal(figures.earliest(history.slice(0, 6)).at, 0);
  assert.equal(figures.earliest([]), null);
});

test('a share of nothing is nothing', () => {
  const history = [
    { at: 0, state: state(0, [0, 0]) },
    { at: 2_000, state: state(2, [0, 0]) },
    { at: 4_000, state: state(4, [0, 0], { kept: 3, called: 1 }) },
  ];
  const kept = figures.share(history, ({ cache }) => cache.nouns[0].kept, figures.questions);
  assert.deepEqual(values(kept), [null, null, 0.75]);
});

test('a percentile lies straight between the ends of its class', () => {
  assert.deepEqual(figures.percentile([50, 100, 100], [1, 3], 0.95), { seconds: 2.8, isBeyond: false });
  assert.deepEqual(figures.percentile([50, 100, 100], [1, 3], 0.25), { seconds: 0.5, isBeyond: false });
  assert.deepEqual(figures.percentile([0, 0, 7], [1, 3], 0.5), { seconds: 3, isBeyond: true });
  assert.equal(figures.percentile([0, 0, 0], [1, 3], 0.5), null);
  assert.equal(figures.percentile([], [], 0.5), null);
  const history = [
    { at: 0, state: state(0, [1_000, 0]) },
    { at: 2_000, state: state(2, [1_000, 10]) },
  ];
  assert.ok(values(figures.withinSeconds(history, 0.5))[1] > 0.005, 'what was before the ten seconds does not weigh in');
});

test('a difference is of everything that is counted, also of what was not there before', () => {
  const [then, now] = [state(0, [3, 1], { called: 2 }), state(9, [5, 2], { called: 7 })];
  now.operations.push({ ...now.operations[0], name: 'Fresh' });
  const { operations, upstreams, calls, cache, plans } = figures.difference(now, then);
  assert.deepEqual([operations[0].outcomes.ok, operations[0].classes], [3, [2, 3, 3]]);
  assert.equal(operations[1].outcomes.ok, 7);
  assert.deepEqual([upstreams[0].refused.open, calls[0].outcomes.ok, calls[0].retries], [2, 5, 0]);
  assert.deepEqual([cache.nouns[0].called, plans[0].ways.forward], [5, 2]);
});

test('numbers have few digits and a unit', () => {
  assert.deepEqual([0.0000004, 0.00041, 0.012345, 1.5, 12].map(format.seconds), ['0.4 µs', '410 µs', '12.3 ms', '1.5 s', '12 s']);
  assert.deepEqual([0, 900, 2_048, 30_000_000].map(format.bytes), ['0 B', '900 B', '2 KiB', '28.6 MiB']);
  assert.deepEqual([0, 0.004, 0.756, 1].map(format.percent), ['0 %', '0.4 %', '76 %', '100 %']);
  assert.deepEqual([7, 130, 7_260, 180_000].map(format.lasted), ['7 s', '2 min', '2 h 1 min', '2 d 2 h']);
  assert.deepEqual([format.rate(0), format.rate(1_234.5), format.part(1, 0)], ['0/s', '1,235/s', '–']);
  assert.deepEqual([0.3, 1, 3, 7, 64, 120].map(ceiling), [0.5, 1, 5, 10, 100, 200]);
});
