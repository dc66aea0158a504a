// graphql-codegen with the client preset: what it makes compiles strictly, and what is compiled asks the gateway.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { run, signIn, url } from './gateway.mjs';

test('generated types compile strictly and tell the truth', async () => {
  rmSync(new URL('generated/codegen', import.meta.url), { recursive: true, force: true });
  run('node_modules/.bin/graphql-codegen', ['--config', 'codegen/codegen.ts']);
  run('node_modules/.bin/tsc', ['--project', 'codegen']);
  const printed = run('node', ['generated/strict/codegen/strict.js', url, await signIn()]);
  const { names, kinds, hasNumber, codes } = JSON.parse(printed);
  assert.equal(names.length, 2);
  assert.deepEqual(kinds, ['AGENT', 'AGENT']);
  assert.equal(hasNumber, true);
  assert.deepEqual(codes, ['NOTHING_TO_CHANGE']);
});
