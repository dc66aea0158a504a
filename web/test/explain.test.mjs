// The panel that explains how a query was answered, in a real browser against a running gateway that lets it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, missing } from './account.mjs';
import { answerText, audit, finishSignIn, launch, openPage, setOperation, signIn, until } from './page.mjs';

const { url, username, password } = account;

if (missing.length > 0) {
  test('the tests of the explain panel know which gateway to use', () => {
    assert.fail(`Set ${missing.join(', ')}: these tests need a running gateway and an account at each of its upstreams.`);
  });
} else {
  // Nobody has searched for that before, so the portal is asked the first time.
  const query = (term) =>
    `{ found: users(search: {term: "${term}"}) { totalCount } agents(first: 2) { nodes { skillGroups { name } } } }`;
  let browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  for (const colorScheme of ['light', 'dark']) {
    test(`a query is explained in the ${colorScheme}`, async () => {
      const { page, context, faults } = await openPage(browser, url, { colorScheme });
      const sent = [];
      page.on('request', (request) => {
        if (new URL(request.url()).pathname === '/graphql' && request.postData()?.includes('skillGroups')) {
          sent.push(request.headers()['portalgraph-explain']);
        }
      });
      await signIn(page, username, password);
      await finishSignIn(page, username);
      await page.getByRole('button', { name: 'Show Explain' }).click();
      const panel = page.getByRole('region', { name: 'Explain' });
      await panel.getByText('Switch it on, then run a query.').waitFor();
      assert.deepEqual(await audit(page, ['.explain-panel']), []);

      // By the keyboard alone.
      const toggle = panel.getByRole('switch', { name: 'Explain the queries I run' });
      await toggle.focus();
      await page.keyboard.press('Space');
      await panel.getByText('Run a query to see how it is answered.').waitFor();
      const totals = panel.locator('.explain-totals');
      const before = await totals.boundingBox();

      await setOperation(page, query(`nobody ${colorScheme} ${Date.now()}`));
      await page.keyboard.press('ControlOrMeta+Enter');
      const row = panel.getByRole('list', { name: 'Reads' }).getByRole('listitem').filter({ hasText: 'found' });
      await row.getByText('getUsers', { exact: true }).waitFor();
      await row.getByText('called', { exact: true }).waitFor();
      assert.deepEqual(sent, ['1']);
      assert.match(await row.innerText(), /wave 1/);
      assert.match(await panel.getByRole('status').innerText(), /\d+ calls? in \d waves?, [\d.]+ ms/);
      await panel.getByText('agents.nodes.skillGroups').first().waitFor();
      assert.match(await panel.locator('.explain-decisions').innerText(), /(forward|inverse) for 2 records/);
      const after = await totals.boundingBox();
      assert.deepEqual([after.x, after.y, after.width], [before.x, before.y, before.width], 'nothing moves');
      await until(async () => (await answerText(page)).includes('"totalCount"'), 'the answer');
      assert.ok(!(await answerText(page)).includes('extensions'), 'the panel shows it, not the answer');
      assert.deepEqual(await audit(page, ['.explain-panel']), []);
      const [bar, track] = [row.locator('.explain-bar'), row.locator('.explain-track')];
      const [barBox, trackBox] = [await bar.boundingBox(), await track.boundingBox()];
      assert.ok(barBox.x >= trackBox.x && barBox.x + barBox.width <= trackBox.x + trackBox.width + 2.5, 'within its track');

      await page.getByRole('button', { name: 'Execute query' }).click();
      await row.getByText('kept', { exact: true }).waitFor();
      await page.getByText('0 calls in 0 waves').waitFor();

      await toggle.focus();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Execute query' }).click();
      await until(() => sent.length === 3, 'the third request');
      assert.deepEqual(sent, ['1', '1', undefined]);
      assert.deepEqual(faults, { foreignRequests: [], policyViolations: [], consoleErrors: [], failedRequests: [] });
      await context.close();
    });
  }

  test('who is not signed in is told why nothing is explained, and where to sign in', async () => {
    const { page, context } = await openPage(browser, url);
    await page.getByRole('button', { name: 'Show Explain' }).click();
    const panel = page.getByRole('region', { name: 'Explain' });
    await panel.getByRole('switch').check();
    await setOperation(page, '{ __typename }');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('heading', { name: 'Sign in to the portal' }).waitFor();
    await until(async () => (await answerText(page)).includes('UNAUTHENTICATED'), 'the refusal');
    await page.getByRole('button', { name: 'Show Explain' }).click();
    await panel.getByRole('status').getByText('Sign in to have a request explained').waitFor();
    await context.close();
  });
}
