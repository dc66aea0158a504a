// The console in a real browser, of a demonstration of its own: figures after traffic, the keyboard alone, both colour
// schemes, and a gateway that is killed and comes back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { auditPage, launch, openPage, until } from './page.mjs';

const program = process.env.PORTALGRAPH_PROGRAM;

/** Starts `portalgraph demo` and reads from what it prints where it is and who may sign in. */
async function startDemo(operator = '127.0.0.1:0') {
  const child = spawn(program, ['demo', '--listen', '127.0.0.1:0', '--operator-listen', operator], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  await until(() => printed.includes('Ctrl-C ends it') || child.exitCode !== null, 'the demonstration');
  const told = (label) => new RegExp(`^ *${label}  *(.*)$`, 'm').exec(printed)?.[1];
  return {
    url: /is serving (\S+)/.exec(printed)?.[1],
    console: told('console'),
    username: told('user name'),
    password: told('password'),
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}

/** A signed-in client of a gateway: what it asks is answered with data. */
async function signIn({ url, username, password }) {
  const post = async (query, token) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  const input = `{username: ${JSON.stringify(username)}, password: ${JSON.stringify(password)}}`;
  const { data } = await post(`mutation { login(input: ${input}) { sessionToken userErrors { code } } }`);
  return (query) => post(query, data.login.sessionToken);
}

const state = async (demo) => (await fetch(`${demo.console}/state.json`)).json();

/** The texts of a row of a panel's table, by the heading of the panel and of the row. */
async function cells(page, panel, head) {
  const section = page.getByRole('region', { name: panel, exact: true });
  return section.getByRole('row').filter({ has: page.getByRole('rowheader', { name: head, exact: true }) }).getByRole('cell').allInnerTexts();
}

/** One of the numbers at the top. */
const figure = (page, name) => page.locator('.figures div').filter({ hasText: name }).locator('dd').innerText();

/** How much a colour stands out from the ground it is on, as WCAG counts it. */
const contrasts = (page) =>
  page.evaluate(() => {
    const brightness = (colour) => {
      const [red, green, blue] = colour.match(/[\d.]+/g).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, other) => {
      const [dark, light] = [brightness(one), brightness(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    };
    const ground = getComputedStyle(document.querySelector('.panel')).backgroundColor;
    const stroke = (selector) => contrast(getComputedStyle(document.querySelector(selector)).stroke, ground);
    const text = [...document.querySelectorAll('.panel :is(th, td, dt, dd, h2, h3, p, strong, span, .mark), .head *')].map(
      (element) => {
        const own = element.closest('button[aria-pressed="true"], .panel, button') ?? document.body;
        return contrast(getComputedStyle(element).color, getComputedStyle(own).backgroundColor);
      },
    );
    return { lines: [stroke('.line.line-0'), stroke('.line.line-1')], text: Math.min(...text), panel: brightness(ground) };
  });

if (!program) {
  test('the tests of the console know which program to start', () => {
    assert.fail('Set PORTALGRAPH_PROGRAM: these tests start and kill a demonstration of their own.');
  });
} else {
  let demo;
  let ask;
  let browser;
  let page;
  let faults;

  before(async () => {
    demo = await startDemo();
    ask = await signIn(demo);
    browser = await launch();
    ({ page, faults } = await openPage(browser, demo.console));
  });
  after(async () => {
    await browser?.close();
    await demo?.kill();
  });

  test('it says that the gateway is well, and who is signed in', async () => {
    await page.getByRole('status').getByText('Ready.').waitFor();
    // The demonstration's own first visit, and ours.
    assert.equal(await figure(page, 'People signed in'), '2');
    assert.equal(await figure(page, 'Breakers tripped'), '0 of 6');
    assert.match(await figure(page, 'Requests under way'), /^0 of 1,024$/);
  });

  test('its figures are those of the traffic there was', async () => {
    const { operations } = await state(demo);
    const queries = Object.values(operations.find(({ type }) => type === 'query').outcomes).reduce((one, other) => one + other);
    const answers = [];
    for (const query of ['{ sites { name } }', '{ sites { id name } }', '{ departments { name } }', '{ sites { nothing } }']) {
      answers.push(await ask(query));
    }
    assert.equal(answers.filter(({ errors }) => errors).length, 1);
    await until(async () => (await cells(page, 'Slowest operations', 'other'))[1] !== String(queries), 'the page to look again');
    await until(async () => {
      const [type, requests, , refused, , p95] = (await page
        .getByRole('region', { name: 'Slowest operations', exact: true })
        .getByRole('row')
        .filter({ hasText: 'query' })
        .getByRole('cell')
        .allInnerTexts());
      return type === 'query' && requests === String(queries + 4) && refused === '1' && /^[\d.]+ (µs|ms|s)$/.test(p95);
    }, 'the queries in the table');
    const told = await state(demo);
    const catalogue = told.cache.nouns.find(({ noun }) => noun === 'catalogue');
    const all = catalogue.called + catalogue.shared + catalogue.kept;
    assert.equal((await cells(page, 'Cache', 'catalogue'))[0], String(all));
    const sites = await cells(page, 'Slowest calls', 'getAllSites');
    assert.equal(sites[0], '1', 'the second question about sites was answered with what was kept');
    assert.match(sites[5], /^[\d.]+ (µs|ms|s)$/);
    assert.equal((await cells(page, 'Upstreams', 'portal, reads'))[0], 'sent');
    const plan = await cells(page, 'Plans', 'agent skill groups, forward');
    assert.deepEqual(plan.slice(0, 2), ['auto', '1'], "of the demonstration's own first query");
    const { bytes } = told.plans.find(({ edge }) => edge === 'agent_skill_groups').forward[0];
    const size = bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toPrecision(3)} KiB`;
    assert.match(plan[2], /^getSkillsForAgent [\d.]+ (µs|ms|s), /);
    assert.ok(plan[2].endsWith(`, ${size}`), `${plan[2]} is told as ${bytes}`);
  });

  test('a subscription is seen with its poller until it ends', async () => {
    const { data } = await ask('mutation { login(input: {username: "admin@dmn", password: "demo"}) { sessionToken } }');
    const stop = new AbortController();
    const response = await fetch(`${demo.url}/graphql`, {
      method: 'POST',
      signal: stop.signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${data.login.sessionToken}`,
      },
      body: JSON.stringify({ query: 'subscription { callbackQueues { name } }' }),
    });
    assert.equal(response.status, 200);
    await until(async () => (await figure(page, 'Subscriptions')) === '1', 'the subscription');
    assert.equal((await cells(page, 'Pollers', 'getDialedNumberList'))[1], '1');
    stop.abort();
    await until(async () => (await figure(page, 'Subscriptions')) === '0', 'its end');
  });

  test('each chart says in words what it draws, and all of them are a table too', async () => {
    const charts = page.getByRole('img');
    assert.equal(await charts.count(), 6);
    for (const name of await charts.evaluateAll((all) => all.map((chart) => chart.getAttribute('aria-label')))) {
      assert.match(name, /last 5 minutes\. .+: (now .+, lowest .+, highest .+|nothing yet)/);
    }
    await until(async () => /All: now [\d.]+\/s/.test(await charts.first().getAttribute('aria-label')), 'a rate');
    assert.ok((await page.locator('.line.line-0').first().getAttribute('d')).includes('L'), 'a line is drawn');
    await page.getByText('The charts as a table').click();
    const table = page.getByRole('region', { name: 'The charts as a table' });
    assert.ok((await table.getByRole('row').count()) > 1);
    assert.equal(await table.getByRole('columnheader').count(), 13);
    await page.getByText('The charts as a table').click();
  });

  test('the keyboard alone chooses what tables count, and pauses', async () => {
    await page.reload();
    await page.getByRole('status').getByText('Ready.').waitFor();
    await page.keyboard.press('Tab');
    const inFocus = () => page.evaluate(() => document.activeElement?.closest('label, button, summary, [tabindex]')?.textContent?.trim());
    assert.equal(await inFocus(), 'since the start');
    await page.keyboard.press('ArrowRight');
    await until(() => page.url().endsWith('#five-minutes'), 'the choice in the address');
    await page.getByRole('region', { name: 'Slowest operations', exact: true }).getByText('since', { exact: false }).first().waitFor();
    assert.match(await page.getByRole('region', { name: 'Cache', exact: true }).locator('header p').innerText(), /since \d\d:\d\d:\d\d$/);
    await page.keyboard.press('Tab');
    assert.equal(await inFocus(), 'Pause');
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(ring, 'solid', 'what has the focus is seen');
    await page.keyboard.press('Space');
    await page.getByRole('status').getByText('Paused.').waitFor();
    let looks = 0;
    page.on('request', (request) => (looks += request.url().endsWith('state.json') ? 1 : 0));
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    assert.equal(looks, 0, 'nothing is asked while it is paused');
    await page.keyboard.press('Space');
    await until(() => looks > 0, 'the next look');
    await page.keyboard.press('Tab');
    assert.equal(await inFocus(), 'The charts as a table');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowLeft');
    await until(() => !page.url().includes('#'), 'the address without it');
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`it can be read in ${colorScheme} colours, wide and narrow`, async () => {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await auditPage(page), []);
      const found = await contrasts(page);
      assert.ok(found.text >= 4.5 && found.lines.every((line) => line >= 3), JSON.stringify(found));
      assert.equal(found.panel > 0.5, colorScheme === 'light');
      for (const width of [2560, 1400, 700, 380]) {
        await page.setViewportSize({ width, height: 860 });
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.ok(!isTooWide, `the page is wider than ${width} pixels`);
      }
      await page.setViewportSize({ width: 1400, height: 860 });
    });
  }

  test('nothing moves while figures come', async () => {
    const places = () => page.locator('.panel').evaluateAll((all) => all.slice(0, 15).map((panel) => panel.getBoundingClientRect().x));
    const former = await places();
    const seen = await page.locator('.seen').innerText();
    await until(async () => (await page.locator('.seen').innerText()) !== seen, 'the next look');
    assert.deepEqual(await places(), former);
  });

  test('it asked nothing of another origin, broke no policy, and is not where clients are', async () => {
    assert.deepEqual(faults, { foreignRequests: [], policyViolations: [], consoleErrors: [], failedRequests: [] });
    const policy = (await fetch(demo.console)).headers.get('content-security-policy') ?? '';
    assert.ok(policy.includes("default-src 'none'") && !policy.includes('unsafe'), policy);
    assert.equal((await fetch(`${demo.url}/console`)).status, 404);
    assert.equal((await fetch(`${demo.url}/console/state.json`)).status, 404);
  });

  test('a page of another site is told nothing', async () => {
    const other = await browser.newContext();
    const foreign = await other.newPage();
    // The clients' listener is another origin of the same host.
    await foreign.goto(demo.url);
    const told = await foreign.evaluate(async (url) => {
      const answer = await fetch(url, { mode: 'no-cors' }).catch(() => null);
      return answer && (await answer.text());
    }, `${demo.console}/state.json`);
    assert.ok(!told, told);
    await other.close();
  });

  test('a gateway that is killed is told, what was seen stays, and it goes on when there is one again', async () => {
    const people = await figure(page, 'People signed in');
    assert.notEqual(people, '0');
    await demo.kill();
    await page.getByRole('status').getByText('The gateway cannot be reached.').waitFor();
    assert.match(await page.getByRole('status').innerText(), /Since \d\d:\d\d:\d\d; tried again every 2 seconds/);
    assert.equal(await figure(page, 'People signed in'), people);
    const mark = page.getByRole('status');
    assert.deepEqual(await auditPage(page), []);
    demo = await startDemo(new URL(demo.console).host);
    await mark.getByText('Ready.').waitFor();
    await until(async () => (await figure(page, 'People signed in')) === '1', 'the figures of the new one');
    const d = await page.locator('.line.line-0').nth(2).getAttribute('d');
    assert.ok(d.split('M').length > 2, 'the line has a gap where nothing was seen');
  });
}
