// Opens the page in a real browser and keeps a record of everything a strict gateway would complain about.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
  });
}

/** A page in a fresh profile, with the faults it collects: all of these lists have to stay empty. */
export async function openPage(browser, url, { colorScheme = 'light' } = {}) {
  const faults = { foreignRequests: [], policyViolations: [], consoleErrors: [], failedRequests: [] };
  const origin = new URL(url).origin;
  const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, colorScheme });
  await context.route('**/*', (route) => {
    const requested = new URL(route.request().url());
    if (requested.origin === origin || ['data:', 'blob:'].includes(requested.protocol)) {
      return route.continue();
    }
    faults.foreignRequests.push(requested.href);
    return route.abort();
  });
  await context.exposeFunction('recordPolicyViolation', (violation) => faults.policyViolations.push(violation));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.recordPolicyViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ''}`),
    );
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') {
      faults.consoleErrors.push(message.text());
    }
  });
  page.on('pageerror', (error) => faults.consoleErrors.push(String(error)));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // A subscription is stopped by letting go of its answer.
    const isStopped = reason === 'net::ERR_ABORTED' && request.headers()['accept']?.startsWith('text/event-stream');
    if (!isStopped) {
      faults.failedRequests.push(`${request.url()} ${reason}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && new URL(response.url()).pathname !== '/graphql') {
      faults.failedRequests.push(`${response.url()} ${response.status()}`);
    }
  });
  await page.goto(url);
  return { page, context, faults };
}

export async function until(check, what) {
  const deadline = Date.now() + 15_000;
  while (!(await check())) {
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Fills the form in and sends it; `where` only matters while the form asks for it. */
export async function signIn(page, username, password, where) {
  if (where) {
    await page.getByLabel('Where').selectOption(where);
  }
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** An account of the portal with several tenants has one more step, with the first tenant chosen. */
export async function finishSignIn(page, username) {
  const done = page.getByRole('heading', { name: 'Signed in to the portal' });
  const choice = page.getByRole('heading', { name: 'Choose a tenant' });
  await done.or(choice).waitFor();
  if (await choice.isVisible()) {
    await page.getByRole('button', { name: 'Continue' }).click();
    await done.waitFor();
  }
  await page.locator('.session-facts').getByText(username, { exact: true }).waitFor();
}

/** What has the focus, by its text or its label. */
export const focused = (page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.labels?.[0]?.textContent ?? (activeElement === document.body ? '' : activeElement?.textContent);
  });

/** What the accessibility audit finds wrong with what this page adds to the editor: each rule and who breaks it. */
export async function audit(page) {
  // The browser's own door for scripts of tests: the policy of the page stays as it is.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run({ include: [['.session-panel'], ['.session-status']] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
  });
}

/** The same of a whole page. */
export async function auditPage(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
  });
}

/** Puts a whole operation into the editor, as typing would, without its automatic brackets. */
export async function setOperation(page, text) {
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

/** What the answer pane shows, with the spaces that the editor draws as non-breaking made plain. */
export async function answerText(page) {
  const text = await page.locator('.result-window .view-lines').innerText();
  return text.replaceAll('\u00a0', ' ');
}
