// The page in a real browser against a running gateway, for somebody who has an account of the portal alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, missing } from './account.mjs';
import { answerText, audit, finishSignIn, focused, launch, openPage, setOperation, signIn, until } from './page.mjs';

const { url, username, password } = account;

if (missing.length > 0) {
  test('the browser tests know which gateway to use', () => {
    assert.fail(`Set ${missing.join(', ')}: these tests need a running gateway and an account at each of its upstreams.`);
  });
} else {
  let browser;
  let page;
  let context;
  let faults;

  before(async () => {
    browser = await launch();
    ({ page, context, faults } = await openPage(browser, url));
  });
  after(() => browser?.close());

  test('the page renders with the sign-in panel open and a query in the editor', async () => {
    await page.getByRole('heading', { name: 'Sign in to the portal' }).waitFor();
    await page.getByRole('button', { name: 'Not signed in' }).waitFor();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'Sign in first' }).waitFor();
  });

  test('the portal is where one signs in unless one says otherwise', async () => {
    assert.equal(await page.getByLabel('Where').inputValue(), 'PORTAL');
    assert.deepEqual(await audit(page), []);
  });

  test('the policy of the gateway is as strict as the page allows', async () => {
    const policy = (await fetch(url)).headers.get('content-security-policy') ?? '';
    const directives = new Map(policy.split(';').map((part) => part.trim().split(/\s+(.*)/, 2)));
    assert.equal(directives.get('default-src'), "'none'");
    assert.equal(directives.get('script-src'), "'self'");
    assert.equal(directives.get('worker-src'), "'self'");
    assert.equal(directives.get('connect-src'), "'self'");
  });

  test('the checks of the editor run in workers', async () => {
    // Without workers the editor would quietly do the same work on the page's own thread.
    await until(() => page.workers().some((worker) => worker.url().includes('/assets/graphql.worker')), 'a worker');
  });

  test('the default query fits the schema', async () => {
    // The worker has checked the text against the schema once it offers the field's type on a hover;
    // anything wrong would be underlined by then.
    await page.locator('.graphiql-query-editor .view-line span', { hasText: /^precisionQueues$/ }).last().hover();
    await page.locator('.monaco-hover:visible', { hasText: 'precisionQueues' }).waitFor();
    assert.equal(await page.locator('.graphiql-query-editor .squiggly-error').count(), 0);
  });

  test('the documentation explorer shows the Query type of the schema', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).click();
    await page.locator('.graphiql-doc-explorer').getByText('viewer', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Not signed in' }).click();
    await page.getByRole('heading', { name: 'Sign in to the portal' }).waitFor();
  });

  test('the editor completes a field', async () => {
    await setOperation(page, '{ view');
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'viewer' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'viewer' }).waitFor();
  });

  test('a query without a session brings up the panel with its reason', async () => {
    await setOperation(page, '{ agents(first: 1) { nodes { user { displayName } } } }');
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('button', { name: 'Execute query' }).click();
    await page.getByText('Sign in first, then run it again').waitFor();
    await until(async () => (await answerText(page)).includes('UNAUTHENTICATED'), 'the error in the answer pane');
  });

  test('a wrong password is refused in words', async () => {
    await signIn(page, username, `${password} but wrong`);
    const alert = page.getByRole('alert').filter({ hasText: /\S/ });
    await alert.first().waitFor();
    assert.ok(((await alert.first().innerText()) ?? '').length > 8);
    assert.equal(await page.getByLabel('Password').inputValue(), '', 'the password is wiped');
    assert.equal(await page.getByLabel('User name').inputValue(), username, 'the user name stays');
  });

  test('the keyboard alone signs in', async () => {
    await page.getByLabel('User name').fill(username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await finishSignIn(page, username);
  });

  test('no script sees the session, and nothing keeps the password', async () => {
    const seen = await page.evaluate(() => ({
      cookies: document.cookie,
      stored: JSON.stringify({ ...localStorage, ...sessionStorage }),
      address: location.href,
    }));
    assert.equal(seen.cookies, '');
    assert.ok(!seen.stored.includes(password));
    assert.ok(!seen.address.includes(password));
  });

  test('a query runs and its answer is displayed', async () => {
    await setOperation(page, '{ viewer { loginName tenant { name } } }');
    await page.keyboard.press('ControlOrMeta+Enter');
    await until(async () => (await answerText(page)).includes(`"loginName": "${username}"`), 'the answer');
  });

  test('a subscription is told of what happens until it is stopped', async () => {
    await setOperation(page, 'subscription { viewerSession { kind } }');
    await page.keyboard.press('ControlOrMeta+Enter');
    await until(async () => (await answerText(page)).includes('STANDS'), 'the first event');
    await page.getByRole('button', { name: 'Stop query' }).click();
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
  });

  test('operations that mention a password are not kept in the browser', async () => {
    await setOperation(page, 'query Remember { viewer { loginName } }');
    const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
    await until(async () => (await stored()).includes('Remember'), 'the operation to be stored');
    await setOperation(page, 'query Forget { viewer { password: loginName } }');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.ok(!(await stored()).includes('password: loginName'));
    await setOperation(page, '{ viewer { loginName } }');
  });

  test('a reload finds the session again', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Signed in to the portal' }).waitFor();
    assert.equal(await page.locator('.session-problems:not(:empty)').count(), 0, 'no other session is missed');
    assert.deepEqual(await audit(page), []);
  });

  test('a session that ended is told, and can be begun again', async () => {
    // Losing the cookie is what an expired session looks like from here.
    await context.clearCookies();
    await setOperation(page, '{ agents(first: 1) { nodes { user { displayName } } } }');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByText('Your session is over').waitFor();
    await signIn(page, username, password);
    await finishSignIn(page, username);
  });

  test('sign-out works', async () => {
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in to the portal' }).waitFor();
    await until(async () => (await focused(page)) === 'Sign in to the portal', 'the focus to stay in the panel');
    await page.getByRole('button', { name: 'Not signed in' }).waitFor();
  });

  test('a gateway that cannot be reached is told in words', async () => {
    await page.route('**/graphql', (route) => route.fulfill({ status: 503, body: 'busy', contentType: 'text/plain' }));
    await signIn(page, username, password);
    await page.getByText('The gateway is not available right now (HTTP 503)').waitFor();
    await page.unroute('**/graphql');
    // The browser reports the status in its console by itself; that is no fault of the page.
    faults.consoleErrors = faults.consoleErrors.filter((text) => !text.includes('status of 503'));
  });

  test('nothing was asked of another origin, and nothing broke the policy', () => {
    assert.deepEqual(faults, { foreignRequests: [], policyViolations: [], consoleErrors: [], failedRequests: [] });
  });
}
