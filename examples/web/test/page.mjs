// Serves what was built in front of a running gateway, and opens it in a real browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The page with the gateway behind it, under one origin, as a web server would put them. */
export async function serve(gateway) {
  process.env.GATEWAY = gateway;
  const root = decodeURIComponent(new URL('..', import.meta.url).pathname);
  const server = await preview({ root, preview: { host: '127.0.0.1', port: 0 } });
  return { url: `http://127.0.0.1:${server.httpServer.address().port}/`, close: () => server.close() };
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });

/** A page in a fresh profile, with the list of what went wrong in it that no test expects. */
export async function openPage(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      faults.push(message.text());
    }
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, faults };
}

/** Every request of one operation, changed on its way there or back. */
export const onOperation = (page, name, act) =>
  page.route('**/graphql', (route) =>
    route.request().postDataJSON()?.operationName === name ? act(route) : route.fallback(),
  );

/** What the accessibility audit finds wrong with the screen, in the light and in the dark: each rule and who breaks it. */
export async function audit(page) {
  const found = [];
  await page.evaluate(AXE);
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() => window.axe.run());
    const broken = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
    found.push(...broken.map((each) => `${colorScheme}: ${each}`));
  }
  return found;
}

/** Asks the gateway without the page, as another client. */
export async function ask(gateway, query, variables, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}
