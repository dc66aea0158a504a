// The dashboards are what Grafana's own declarations say a dashboard is, down to the options of each kind of panel.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const folder = join(import.meta.dirname, '..', '..', 'config', 'grafana', 'dashboards');
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const declared = {
  path: join(import.meta.dirname, 'grafana', 'dashboard.ts'),
  type: 'Dashboard',
  expose: 'none',
  skipTypeCheck: true,
};
const schema = createGenerator(declared).createSchema('Dashboard');
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

/** What was wrong with the last dashboard; of a panel only what is wrong with it as the kind it says it is. */
function mistakes() {
  const kind = (error) => error.schemaPath.match(/^.*?\/anyOf\/\d+/)?.[0];
  const isOtherKind = (error) => error.keyword === 'const' && /^\/panels\/\d+\/type$/.test(error.instancePath);
  const errors = (validate.errors ?? []).filter((error) => error.keyword !== 'anyOf');
  const others = new Set(errors.filter(isOtherKind).map((error) => `${error.instancePath.split('/')[2]} ${kind(error)}`));
  return errors
    .filter((error) => !others.has(`${error.instancePath.split('/')[2]} ${kind(error)}`))
    .map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

for (const name of readdirSync(folder)) {
  test(`${name} is a dashboard of Grafana's`, () => {
    assert.ok(validate(read(name)), mistakes().join('\n'));
  });
}

test('a dashboard with a mistake is none', () => {
  const spoilt = {
    'a key nobody knows': (board) => Object.assign(board, { titel: 'x' }),
    'an option nobody knows': (board) => Object.assign(board.panels[0].options, { colourMode: 'none' }),
    'a value nobody knows': (board) => Object.assign(board.panels[0].options, { colorMode: 'loud' }),
    'a text for a number': (board) => Object.assign(board.panels[0].gridPos, { w: '12' }),
    'another kind': (board) => Object.assign(board.panels[0], { type: 'piechart' }),
  };
  for (const [what, spoil] of Object.entries(spoilt)) {
    const board = read('gateway.json');
    spoil(board);
    assert.equal(validate(board), false, what);
  }
});
