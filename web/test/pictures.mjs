// Takes the pictures of the documents from a running demonstration, light and dark: `scripts/pictures` starts one.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { account, missing } from './account.mjs';
import { answerText, finishSignIn, launch, openPage, setOperation, signIn, until } from './page.mjs';

/** What a picture may weigh, so that a clone stays small. */
const MOST_BYTES = 150_000;

/** In one line, because the editor would indent what is typed; its own button puts it in order. */
const QUERY =
  'query Agents { agents(first: 3) { totalCount nodes { user { displayName department { name } } skillGroups { name } precisionQueues { name } } } }';

async function signedIn(page) {
  await signIn(page, account.username, account.password);
  await finishSignIn(page, account.username);
}

async function run(page, operation, expected) {
  await setOperation(page, operation);
  await page.getByRole('button', { name: 'Prettify query' }).click();
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ControlOrMeta+Enter');
  await until(async () => (await answerText(page)).includes(expected), `${expected} in the answer`);
}

/**
 * Each picture: its name, and what to do with a fresh page of the editor before it is taken. One of a page elsewhere also
 * says which, as `path`.
 */
const PICTURES = [
  {
    name: 'graphiql',
    async prepare(page) {
      await signedIn(page);
      await run(page, QUERY, 'Ben Birch');
    },
  },
];

if (missing.length > 0) {
  throw new Error(`Set ${missing.join(', ')}, as scripts/pictures does.`);
}
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const browser = await launch();
try {
  for (const { name, path = '/', prepare } of PICTURES) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, context } = await openPage(browser, new URL(path, account.url).href, { colorScheme });
      await page.setViewportSize({ width: 1280, height: 800 });
      await prepare(page);
      // Nothing that blinks or points.
      await page.mouse.move(0, 0);
      const file = join(folder, colorScheme === 'light' ? `${name}.png` : `${name}-dark.png`);
      await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
      const { size } = statSync(file);
      console.log(`${file}: ${size} bytes`);
      if (size > MOST_BYTES) {
        throw new Error(`${file} has more than ${MOST_BYTES} bytes.`);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
