// The example in a real browser, in front of the demonstration.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, audit, launch, onOperation, openPage, serve } from './page.mjs';

const gateway = process.env.PORTALGRAPH_URL;
const password = process.env.PORTALGRAPH_PASSWORD;
/** Somebody of the demonstration who has two tenants. */
const username = 'partner@dmn';

const SIGN_IN = `mutation($username: String!, $password: String!) {
  login(input: { username: $username, password: $password }) { sessionToken }
}`;

/** A session of its own, to change what the page shows. */
async function anotherClient(name = process.env.PORTALGRAPH_USERNAME) {
  const { login } = await ask(gateway, SIGN_IN, { username: name, password });
  return (query, variables) => ask(gateway, query, variables, login.sessionToken);
}

if (!gateway || !password) {
  test('the tests know which gateway to use', () => assert.fail('Set PORTALGRAPH_URL and PORTALGRAPH_PASSWORD.'));
} else {
  let browser;
  let server;
  let page;
  let faults;

  before(async () => {
    server = await serve(gateway);
    browser = await launch();
    ({ page, faults } = await openPage(browser, server.url));
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const rows = () => page.locator('tbody tr');
  const rowOf = (name) => rows().filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  const box = (name) => page.getByRole('checkbox', { name });
  const status = (text) => page.getByRole('status').filter({ hasText: text });
  const problem = (code) => page.getByRole('alert').locator('code', { hasText: code });
  const open = (name) => page.getByRole('navigation').getByRole('link', { name }).click();

  /** Keeps every request of an operation from the gateway until the function is called that this answers. */
  async function hold(name) {
    let release;
    const released = new Promise((resolve) => (release = resolve));
    await onOperation(page, name, async (route) => {
      await released;
      await route.continue();
    });
    return async () => {
      release();
      await page.unrouteAll({ behavior: 'wait' });
    };
  }

  async function signIn(secret) {
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  test('a wrong password is told with its code and is wiped', async () => {
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(await audit(page), []);
    await signIn('not this');
    await problem('WRONG_PASSWORD').waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
  });

  test('somebody with two tenants signs in and picks one', async () => {
    await signIn(password);
    await page.getByRole('heading', { name: 'Choose a tenant' }).waitFor();
    assert.deepEqual(await audit(page), []);
    await page.getByLabel('Tenant').selectOption('Demonstration North');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(`${username} at Demonstration North`).waitFor();
  });

  test('the session outlives a reload and is in no script', async () => {
    await page.reload();
    await page.getByText(`${username} at Demonstration North`).waitFor();
    assert.equal(await page.evaluate(() => document.cookie), '');
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  });

  test('the agents come page by page', async () => {
    await status('10 of 22').waitFor();
    assert.equal(await rows().count(), 10);
    assert.deepEqual(await audit(page), []);
    await page.getByRole('button', { name: 'Show more' }).click();
    await status('20 of 22').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await status('22 of 22').waitFor();
    assert.equal(await rows().count(), 22);
    assert.equal(new Set(await page.getByRole('rowheader').allInnerTexts()).size, 22);
    assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
  });

  test('the agents are searched by the portal', async () => {
    await page.getByLabel('Search').fill('birch');
    await status('1 of 1').waitFor();
    assert.match(await rowOf('Ben Birch').innerText(), /Sales_English, Escalations/);
    await page.getByLabel('Search').fill('nobody at all');
    await status('0 of 0').waitFor();
    await page.getByLabel('Search').fill('');
    await status('of 22').waitFor();
  });

  test('what the portal did not answer is missing with its code, and the rest stands', async () => {
    await onOperation(page, 'Agents', async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      answer.data.agents.edges[0].node.skillGroups = null;
      answer.errors = [
        {
          message: 'The portal did not answer in time.',
          path: ['agents', 'edges', 0, 'node', 'skillGroups'],
          extensions: { code: 'PORTAL_TIMEOUT', retryable: true },
        },
      ];
      await route.fulfill({ response, json: answer });
    });
    await page.getByLabel('Search').fill('cedar');
    await problem('PORTAL_TIMEOUT').waitFor();
    assert.match(await rowOf('Clara Cedar').innerText(), /not known/);
    assert.deepEqual(await audit(page), []);
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await rowOf('Clara Cedar').getByText('Sales_English').waitFor();
    assert.equal(await problem('PORTAL_TIMEOUT').count(), 0);
    await page.getByLabel('Search').fill('');
  });

  test('a skill group is ticked before the portal has answered, and stays ticked when it has', async () => {
    await page.getByRole('link', { name: 'Ben Birch' }).click();
    await page.getByRole('heading', { name: 'Ben Birch' }).waitFor();
    assert.deepEqual(await audit(page), []);
    assert.equal(await box('Sales_Spanish').isChecked(), false);

    const answer = await hold('UpdateSkills');
    await box('Sales_Spanish').focus();
    await page.keyboard.press('Space');
    await status('Saving…').waitFor();
    assert.equal(await box('Sales_Spanish').isChecked(), true, 'before the answer');
    await answer();
    await status('Saved.').waitFor();
    assert.equal(await box('Sales_Spanish').isChecked(), true, 'after the answer');

    const other = await anotherClient();
    const { agents } = await other(`{ agents(first: 1, search: { term: "birch" }) { nodes { skillGroups { name } } } }`);
    const names = agents.nodes[0].skillGroups.map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ['Escalations', 'Sales_English', 'Sales_Spanish']);
  });

  test('the table knows of the change without asking again', async () => {
    const answer = await hold('Agents');
    await page.getByRole('link', { name: 'All agents' }).click();
    await rowOf('Ben Birch').getByText('Sales_Spanish').waitFor();
    await answer();
  });

  test('a tick that is refused is taken back, with the reason', async () => {
    await page.getByRole('link', { name: 'Ben Birch' }).click();
    const answer = await hold('UpdateSkills');
    await box('Service_English').click();
    await status('Saving…').waitFor();
    assert.equal(await box('Service_English').isChecked(), true, 'before the answer');
    await answer();
    await problem('PLATFORM_DIFFERS').waitFor();
    assert.equal(await box('Service_English').isChecked(), false, 'after the answer');
    assert.equal(await box('Sales_Spanish').isChecked(), true, 'what was there before');
  });

  test('a precision queue shows whom it would choose', async () => {
    await open('Precision queues');
    await page.getByLabel('Queue').selectOption('Sales in English');
    await status('7 eligible agents').waitFor();
    assert.equal(await rows().count(), 7);
    assert.deepEqual(await audit(page), []);
  });

  test('who becomes eligible appears while one looks', async () => {
    const other = await anotherClient();
    const { agents, attributes } = await other(`{
      agents(first: 1, search: { term: "ironwood" }) { nodes { id } }
      attributes(first: 100) { nodes { id name } }
    }`);
    const input = {
      agentIds: [agents.nodes[0].id],
      attributes: [{ attributeId: attributes.nodes.find(({ name }) => name === 'Sales').id, value: '8' }],
    };
    const give = `mutation($input: AddAttributesToAgentsInput!) {
      addAttributesToAgents(input: $input) { userErrors { code } }
    }`;
    await other(give, { input });
    await status('8 eligible agents').waitFor();
    await rowOf('Ines Ironwood').waitFor();
  });

  test('the board shows callbacks that are followed', async () => {
    await open('Callbacks');
    for (const number of ['7001', '7003', '4711']) {
      await page.getByLabel('Number').fill(number);
      await page.getByRole('button', { name: 'Follow', exact: true }).click();
    }
    await rowOf('7001').getByText('Sales callbacks').waitFor();
    await rowOf('7003').getByText('Billing callbacks').waitFor();
    await rowOf('4711').getByText('There is no such callback.').waitFor();
    assert.deepEqual(await audit(page), []);
    await page.getByLabel('Outcome of callback 7001').selectOption('Call again');
    const other = await anotherClient();
    const read = () => other(`{ callback(databaseId: 7001) { disposition { name } } }`);
    for (let tries = 0; (await read()).callback.disposition.name !== 'Call again'; tries++) {
      assert.ok(tries < 100, 'the outcome was written');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  test('a callback that is asked for appears, and one that cannot be says why', async () => {
    await page.getByLabel('Queue').selectOption('Billing callbacks');
    await page.getByLabel('Phone').fill('no number');
    await page.getByRole('button', { name: 'Ask for a callback' }).click();
    await problem('PHONE_NOT_NUMERIC').waitFor();
    await page.getByLabel('Phone').fill('5550104711');
    await page.getByRole('button', { name: 'Ask for a callback' }).click();
    await rows().filter({ hasText: '5550104711' }).getByText('Billing callbacks').waitFor();
    assert.equal(await problem('PHONE_NOT_NUMERIC').count(), 0);
  });

  test('a session that is ended elsewhere is noticed at once', async () => {
    const { login } = await ask(gateway, SIGN_IN, { username, password });
    const tenant = `mutation { selectTenant(input: { tenantDatabaseId: 101 }) { sessionToken } }`;
    const { selectTenant } = await ask(gateway, tenant, {}, login.sessionToken);
    await ask(gateway, 'mutation { logoutEverywhere { __typename } }', {}, selectTenant.sessionToken);
    // The callbacks are subscribed to: nothing has to be asked for it.
    await page.getByText('Your session is over.').waitFor();
    assert.equal(await rows().count(), 0);
  });

  test('the browser had nothing to complain about', () => {
    assert.deepEqual(faults, []);
  });
}
