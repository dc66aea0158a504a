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

/** One that nobody has asked before, so that the portal is. */
const EXPLAINED = `{ users(search: {term: "a"}, first: 3) { totalCount nodes { loginName } } precisionQueue(by: {name: "Service first"}) { steps { stepNumber } eligibleAgents(first: 4) { nodes { agent { user { displayName } skillGroups { name } } } } } }`;

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

/** What people and dashboards ask for a while, so that the console has something to show. */
async function traffic(seconds) {
  const post = async (query, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${account.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return answer.json();
  };
  const login = `mutation { login(input: {username: "${account.username}", password: "${account.password}"}) { sessionToken } }`;
  const token = (await post(login)).data.login.sessionToken;
  for (const began = Date.now(); Date.now() - began < seconds * 1000; ) {
    const turn = Math.floor(Math.random() * 40);
    const table = ['agents-by-skill', 'skill-groups', 'precision-queues', 'totals'][turn % 4];
    await Promise.all([
      post(`{ agents(first: ${turn + 1}) { nodes { agentNumber skillGroups { name } attributes { value } } } }`, token),
      post(`{ users(search: {term: "${turn}"}) { nodes { loginName department { name } } } }`, token),
      fetch(`${account.url}/table/${table}.json`, { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.text()),
    ]);
    await new Promise((done) => setTimeout(done, 20 + 10 * turn));
  }
}

/**
 * Each picture: its name, and what to do with a fresh page of the editor before it is taken. One of a page elsewhere also
 * says which, as `path` or whole, as `url`; `height` is what of it fits into a picture that is not too heavy.
 */
const PICTURES = [
  {
    name: 'graphiql',
    async prepare(page) {
      await signedIn(page);
      await run(page, QUERY, 'Ben Birch');
    },
  },
  {
    name: 'explain',
    async prepare(page) {
      await signedIn(page);
      await page.getByRole('button', { name: 'Show Explain' }).click();
      await page.getByRole('switch', { name: 'Explain the queries I run' }).click();
      await run(page, EXPLAINED, '"totalCount"');
      await page.getByText(/\d+ calls? in \d waves?/).first().waitFor();
    },
  },
  {
    name: 'console',
    url: process.env.PORTALGRAPH_CONSOLE_URL,
    height: 680,
    async prepare() {
      await traffic(40);
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
  for (const { name, path = '/', url = new URL(path, account.url).href, height = 800, prepare } of PICTURES) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, context } = await openPage(browser, url, { colorScheme });
      await page.setViewportSize({ width: 1280, height });
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
