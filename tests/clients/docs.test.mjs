// The documents keep their word: every command in them is run as it is printed, and answers what is printed below it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { gateway, signIn } from './gateway.mjs';
import { blocksOf, commandsOf, pages, runAll } from './page.mjs';

const { PORTALGRAPH_PROGRAM: program, SERVICE_TOKEN } = process.env;

test('the tests of documents know what to run', () => {
  assert.ok(program, 'Set PORTALGRAPH_PROGRAM to the program.');
  assert.ok(SERVICE_TOKEN, 'Set SERVICE_TOKEN to the token of a service account of the gateway.');
  const run = pages().filter((page) => commandsOf(page).length > 0);
  for (const page of ['README.md', 'docs/curl.md', 'docs/dashboards.md', 'docs/getting-started.md', 'docs/live.md']) {
    assert.ok(run.includes(page), `${page} has no command that is run`);
  }
});

for (const page of pages()) {
  const commands = commandsOf(page);
  if (commands.length > 0) {
    test(`the commands of ${page} do what it says`, async () => {
      const ran = await runAll(commands, { gateway, program, token: await signIn() });
      for (const [place, { text, answer }] of commands.entries()) {
        const { told } = ran[place];
        if (answer === undefined) {
          assert.doesNotMatch(told, /"errors":|"userErrors":\[\{/, `${text}\n\nanswered\n\n${told}`);
        } else {
          const pattern = answer.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
          assert.match(told, new RegExp(`^${pattern}$`, 's'), `${text}\n\nanswered\n\n${told}\n\ninstead of\n\n${answer}`);
        }
      }
    });
  }
}

test('scripts that the documents show can be read', () => {
  const scripts = pages().flatMap((page) => blocksOf(page).filter(({ language }) => language === 'js'));
  assert.ok(scripts.length > 0);
  for (const { text } of scripts) {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--check'], { input: text, encoding: 'utf8' });
    assert.equal(status, 0, `${text}\n${stderr}`);
  }
});
