// The page in a real browser, for somebody who has an account of ICWS: alone, or beside one of the portal.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, missing } from './account.mjs';
import { answerText, audit, finishSignIn, focused, launch, openPage, setOperation, signIn, until } from './page.mjs';

const ROLES = '{ icws { roles(first: 2) { nodes { name } } } }';
const AGENTS = '{ agents(first: 1) { nodes { user { displayName } } } }';
const { url, username, password, icwsUsername, icwsPassword } = account;

// Which variables are missing is for the tests of the page to say.
if (missing.length === 0) {
  let browser;
  let page;
  let context;
  let faults;

  before(async () => {
    browser = await launch();
    ({ page, context, faults } = await openPage(browser, url));
  });
  after(() => browser?.close());

  const heading = (name) => page.getByRole('heading', { name, exact: true });
  const button = (name) => page.getByRole('button', { name, exact: true });
  const problem = () => page.locator('.session-problems:not(:empty)');

  async function run(operation, expected) {
    await setOperation(page, operation);
    await page.keyboard.press('ControlOrMeta+Enter');
    await until(async () => (await answerText(page)).includes(expected), `${expected} in the answer`);
  }

  test('the password for one upstream is not carried over to the other', async () => {
    await page.getByLabel('Password').fill('of the portal');
    await page.getByLabel('Where').selectOption('ICWS');
    await heading('Sign in to ICWS').waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    assert.deepEqual(await audit(page), []);
  });

  test('a wrong password of ICWS is refused in words', async () => {
    await signIn(page, icwsUsername, `${icwsPassword} but wrong`);
    await problem().waitFor();
    assert.equal(await page.getByLabel('Where').inputValue(), 'ICWS', 'the place stays');
    assert.equal(await page.getByLabel('User name').inputValue(), icwsUsername, 'the user name stays');
  });

  test('the keyboard alone signs in to ICWS', async () => {
    await page.getByLabel('Where').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type(icwsUsername);
    await page.keyboard.press('Tab');
    await page.keyboard.type(icwsPassword);
    await page.keyboard.press('Enter');
    await heading('Signed in to ICWS').waitFor();
    await button(`${icwsUsername} at ICWS`).waitFor();
    assert.equal(await focused(page), 'Signed in to ICWS');
    assert.equal(await problem().count(), 0, 'the portal is not missed');
    assert.deepEqual(await audit(page), []);
  });

  test('a query of roles runs with ICWS alone', async () => {
    await run(ROLES, '"name": "');
    await heading('Signed in to ICWS').waitFor();
  });

  test('a query that needs the portal asks for it beside ICWS, and leaves the focus in the editor', async () => {
    await run(AGENTS, 'UNAUTHENTICATED');
    await page.getByText('That query needs a session at the portal too').waitFor();
    await heading('Sign in to the portal').waitFor();
    await heading('Signed in to ICWS').waitFor();
    assert.notEqual(await focused(page), 'User name');
    assert.deepEqual(await audit(page), []);
  });

  test('cancelling gives the focus back to the button that opens the form', async () => {
    await button('Cancel').click();
    await until(async () => (await focused(page)) === 'Also sign in to the portal', 'the focus to come back');
    await page.keyboard.press('Enter');
    await until(async () => (await focused(page)) === 'User name', 'the focus in the form');
  });

  test('one can hold both sessions, and a query of both runs', async () => {
    await signIn(page, username, password);
    await finishSignIn(page, username);
    await heading('Signed in to ICWS').waitFor();
    await run(`{ ${AGENTS.slice(1, -1)} ${ROLES.slice(1, -1)} }`, '"displayName": "');
    assert.ok(!(await answerText(page)).includes('UNAUTHENTICATED'));
    assert.deepEqual(await audit(page), []);
  });

  test('a reload finds both sessions again', async () => {
    await page.reload();
    await heading('Signed in to the portal').waitFor();
    await heading('Signed in to ICWS').waitFor();
  });

  test('signing out of the portal leaves ICWS', async () => {
    await button('Sign out of the portal').click();
    await heading('Signed in to the portal').waitFor({ state: 'detached' });
    await until(async () => (await focused(page)) === 'Signed in to ICWS', 'the focus at what is left');
    await run(ROLES, '"name": "');
  });

  test('signing out of ICWS leaves the portal', async () => {
    await button('Also sign in to the portal').click();
    await signIn(page, username, password);
    await finishSignIn(page, username);
    await button('Sign out of ICWS').click();
    await heading('Signed in to ICWS').waitFor({ state: 'detached' });
    await run(AGENTS, '"displayName": "');
    await run(ROLES, 'UNAUTHENTICATED');
    await page.getByText('That query needs a session at ICWS too').waitFor();
    await signIn(page, icwsUsername, icwsPassword);
    await heading('Signed in to ICWS').waitFor();
  });

  test('sessions that ended are told, and the form remembers where one signed in last', async () => {
    await context.clearCookies();
    await run(ROLES, 'UNAUTHENTICATED');
    await page.getByText('Your session is over').waitFor();
    await heading('Sign in to ICWS').waitFor();
  });

  test('a gateway without ICWS says so when asked, and offers it no longer', async () => {
    const userErrors = [{ code: 'UPSTREAM_NOT_CONFIGURED', message: 'No.', field: ['input', 'upstream'] }];
    const login = { status: 'REFUSED', viewer: null, icwsViewer: null, tenants: [], userErrors };
    await page.route('**/graphql', (route) => route.fulfill({ json: { data: { login } } }));
    await signIn(page, icwsUsername, icwsPassword);
    await page.getByText('This gateway has no ICWS.').waitFor();
    await heading('Sign in to the portal').waitFor();
    assert.equal(await page.getByLabel('Where').count(), 0);
    await page.unroute('**/graphql');
  });

  test('a gateway that says at once that it has no ICWS is not asked for it', async () => {
    const errors = [{ message: 'None.', path: ['icws'], extensions: { code: 'PORTAL_UNREACHABLE' } }];
    const answer = { data: { viewer: null, icws: null }, errors };
    const isWhoAmI = (route) => route.request().postData()?.includes('WhoAmI');
    await page.route('**/graphql', (route) => (isWhoAmI(route) ? route.fulfill({ json: answer }) : route.fallback()));
    await page.reload();
    await heading('Sign in to the portal').waitFor();
    assert.equal(await page.getByLabel('Where').count(), 0);
    assert.equal(await problem().count(), 0);
    await page.unroute('**/graphql');
  });

  test('nothing was asked of another origin, and nothing broke the policy', () => {
    assert.deepEqual(faults, { foreignRequests: [], policyViolations: [], consoleErrors: [], failedRequests: [] });
  });
}
