// docs/curl.md keeps its word: every command in it is run as it is printed, and answers what is printed below it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gateway, run } from './gateway.mjs';

const page = readFileSync(new URL('../../docs/curl.md', import.meta.url), 'utf8');
const found = page.matchAll(/^```(\w+)\n(.*?)^```$/gms);
const blocks = [...found].map(([, language, text]) => ({ language, text: text.trim() }));

/** Each command with what is printed below it; `…` stands for whatever differs from one time to the next. */
const commands = blocks.flatMap(({ language, text }, place) => {
  const after = blocks[place + 1];
  return language === 'sh' ? [{ command: text, answer: after && after.language !== 'sh' ? after.text : '' }] : [];
});

test('the page of commands does what it says', () => {
  assert.ok(commands.length > 8);
  assert.ok(process.env.SERVICE_TOKEN, 'Set SERVICE_TOKEN to the token of a service account of the gateway.');
  const mark = '\n=== the next command ===\n';
  // One shell for all of them, since later ones use what earlier ones have set.
  const script = commands.map(({ command }) => `${command}\nprintf '%s' '${mark}'\n`).join('');
  const printed = run('bash', ['-euo', 'pipefail', '-c', script], { environment: { GATEWAY: gateway } }).split(mark);
  for (const [place, { command, answer }] of commands.entries()) {
    const pattern = answer.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
    const told = printed[place].replaceAll('\r', '').trim();
    assert.match(told, new RegExp(`^${pattern}$`, 's'), `${command}\n\nanswered\n\n${told}\n\ninstead of\n\n${answer}`);
  }
});
