// The documents as a reader takes them: their blocks of code, and a shell that runs the commands of a page as they stand.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where documents stand. `tests/it/docs/block.rs` reads the same ones, and knows every word beside a fence. */
const FOLDERS = ['', 'docs', 'examples/web', 'examples/python'];

export const pages = () =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ).sort();

/** What a page shows between fences, in order: language, the words beside it, text, and whether nothing stands between it and the one before. */
export function blocksOf(page) {
  const blocks = [];
  let open;
  let follows = false;
  for (const line of readFileSync(join(root, page), 'utf8').split('\n')) {
    const [, indent, info] = line.match(/^( *)```(.*)$/) ?? [];
    if (info === undefined) {
      if (open) {
        open.lines.push(line.slice(open.indent));
      } else {
        follows &&= line.trim() === '';
      }
    } else if (open) {
      blocks.push({ language: open.language, options: open.options, text: open.lines.join('\n'), follows: open.follows });
      open = undefined;
      follows = true;
    } else {
      const [, language, rest] = info.match(/^(\S*)(.*)$/);
      const options = Object.fromEntries([...rest.matchAll(/([\w-]+)=(?:"([^"]*)"|(\S+))/g)].map(([, name, quoted, bare]) => [name, quoted ?? bare]));
      open = { language, options, lines: [], indent: indent.length, follows };
    }
  }
  return blocks;
}

/** The commands of a page that can be run here, each with what is printed below it. */
export const commandsOf = (page) =>
  blocksOf(page).flatMap(({ language, options, text }, place, blocks) => {
    if (language !== 'sh' || options['not-run']) {
      return [];
    }
    const after = blocks[place + 1];
    const isAnswer = after?.follows && ['json', 'text', 'csv'].includes(after.language);
    return [{ text, until: options.until, answer: isAnswer ? after.text.trim() : undefined }];
  });

/** A port that is free. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A portal to put a gateway in front of, and how to end it. */
async function startPortal(program) {
  const portal = spawn(program, ['simulate', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of portal.stdout) {
    said += chunk;
    const [, url] = said.match(/The simulated portal is at (\S+)/) ?? [];
    if (url) {
      return { url, end: () => portal.kill() };
    }
  }
  return assert.fail(`no portal was started: ${said}`);
}

/** Puts things of this machine in the place of the documents' examples; all else is run to the letter. */
const placed = (text, examples) => examples.reduce((text, [shown, here]) => text.replaceAll(shown, here), text);

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** One block as a part of the page's script. With `until` it goes on by itself, and the next begins once it has said so. */
function part({ text, until }, place) {
  const end = `printf '\\n%s %s\\n' '${MARK}' "$EPOCHREALTIME"\n`;
  if (until === undefined) {
    return `${text}\n${end}`;
  }
  const said = `"$FOLDER/said-${place}"`;
  return [
    `{ ${text}\n} >${said} 2>&1 &`,
    `for ((tenths = 0; tenths < 300; tenths++)); do grep -q ${quoted(until)} ${said} && break; sleep 0.1; done`,
    `cat ${said}; grep -q ${quoted(until)} ${said}`,
    end,
  ].join('\n');
}

const MARK = '=== the next command ===';

/**
 * Runs commands in one shell, since later ones use what earlier ones have set, in a folder of their own. Answers what each
 * has printed and the seconds it took.
 */
export async function runAll(commands, { gateway, program, token, environment = {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'portalgraph-docs-'));
  const text = commands.map((command) => command.text).join('\n');
  // A page that serves has a portal to serve, and from then on a gateway of its own.
  const portal = text.includes('https://portal.example.com') ? await startPortal(program) : undefined;
  const serves = commands.findIndex((command) => /^portalgraph serve/m.test(command.text));
  const own = serves < 0 ? undefined : `127.0.0.1:${await freePort()}`;
  const examples = (place) => {
    const at = own && place >= serves ? `http://${own}` : gateway;
    return [
      ['http://127.0.0.1:4000', at],
      ['https://gateway.example.com', at],
      ['https://portal.example.com', portal?.url],
      ['name@abc', 'admin@dmn'],
      ['the password', 'demo'],
    ].filter(([, here]) => here !== undefined);
  };
  const script = [
    'set -m',
    // A status that is no success is one of the command too, which it is not by itself.
    'curl() { command curl --fail-with-body "$@"; }',
    'trap \'for job in $(jobs -p); do kill -- "-$job" 2>/dev/null; done\' EXIT',
    `printf '\\n%s %s\\n' '${MARK}' "$EPOCHREALTIME"`,
    ...commands.map((command, place) => part({ ...command, text: placed(command.text, examples(place)) }, place)),
  ].join('\n');
  try {
    mkdirSync(join(folder, 'work'));
    symlinkSync(join(root, 'config'), join(folder, 'work', 'config'));
    writeFileSync(join(folder, 'script'), script);
    const { status, stdout, stderr, error } = spawnSync('bash', ['-euo', 'pipefail', join(folder, 'script')], {
      cwd: join(folder, 'work'),
      env: {
        ...process.env,
        FOLDER: folder,
        GATEWAY: gateway,
        PATH: `${dirname(program)}:${process.env.PATH}`,
        ...(token && { TOKEN: token }),
        ...(own && { PORTALGRAPH__SERVER__LISTEN: own }),
        ...environment,
      },
      encoding: 'utf8',
      timeout: 120_000,
    });
    const printed = stdout.split(`\n${MARK} `).slice(1);
    const begun = printed.map((text) => Number(text.split('\n', 1)[0]));
    const told = printed.map((text) => text.slice(text.indexOf('\n') + 1).replaceAll('\r', '').trim());
    const last = commands[told.length - 1]?.text;
    assert.equal(status, 0, `${last ?? 'all of it'}\n\nended with ${status} ${error ?? ''}\n${told.at(-1) ?? ''}\n${stderr}`);
    // What a command printed stands before the mark that follows it.
    return commands.map((_, place) => ({ told: told[place], seconds: begun[place + 1] - begun[place] }));
  } finally {
    portal?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
