/** Events of final blocks are kept between visits: read once, shared by tabs, dropped with their chain. */
import { expect, test, lines } from './support/fixtures.mjs';

const KEPT = /events?, blocks 0 to ([\d,]+)/;

const storage = (page) => page.getByRole('region', { name: 'Storage' });

/** The ranges of blocks that a page asks for events of, from now on. */
function ranges(page) {
  const asked = [];
  page.on('request', (request) => {
    const body = request.postData();
    if (!body?.includes('eth_getLogs')) return;
    const { fromBlock, toBlock } = JSON.parse(body).params[0];
    asked.push([Number(fromBlock), Number(toBlock)]);
  });
  return asked;
}

/** Waits until events are kept and gives the last block of them. */
async function kept(page, atLeast = 0) {
  let last = -1;
  await expect(async () => {
    const text = await storage(page).innerText();
    last = Number(KEPT.exec(text)?.[1].replaceAll(/\D/g, '') ?? -1);
    expect(last, text).toBeGreaterThanOrEqual(atLeast);
  }).toPass();
  return last;
}

test('a second visit asks for no final block again, and says what is kept', async ({ page, open, devnet }) => {
  const first = ranges(page);
  await open('settings');
  const last = await kept(page);
  expect(last).toBe((await devnet.rpc('eth_getBlockByNumber', ['finalized', false]).then(({ number }) => Number(number))));
  expect(Math.min(...first.map(([from]) => from))).toBe(0);

  const second = ranges(page);
  await page.reload();
  await kept(page, last);
  await page.getByRole('link', { name: 'Providers' }).first().click();
  await expect(lines(page)).toHaveCount(6);
  await expect(page.getByText(/^Reading events/)).toHaveCount(0);
  const text = await page.locator('main').innerText();
  expect(text).not.toContain('Not read');
  expect(second.length).toBeGreaterThan(0);
  expect(Math.min(...second.map(([from]) => from))).toBeGreaterThan(last);

  // what becomes final while the page is open is kept too
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await devnet.mine(200);
  const later = await kept(page, last + 100);
  const third = ranges(page);
  await page.reload();
  await kept(page, later);
  await expect.poll(() => third.length).toBeGreaterThan(0);
  expect(Math.min(...third.map(([from]) => from))).toBeGreaterThan(later);
});

test('a failed question which blocks are final, and reading until all of it is final, lose nothing', async ({ page, open, devnet, world }) => {
  const { number } = await devnet.rpc('eth_getBlockByNumber', ['latest', false]);
  let asked = 0;
  await page.route(`${world.proxy.url}**`, async (route) => {
    if (route.request().postData()?.includes('"finalized"')) {
      asked += 1;
      if (asked === 1) {
        const { id } = JSON.parse(route.request().postData());
        await route.fulfill({ json: { jsonrpc: '2.0', id, error: { code: -32000, message: 'too busy' } } });
        return;
      }
      if (asked === 2) await devnet.mine(200);
    }
    await route.continue();
  });
  await open('settings');
  await kept(page, Number(number));
  expect(asked).toBeGreaterThan(1);
  await expect(storage(page)).not.toContainText('read anew');
});

test('kept events can be forgotten', async ({ page, open }) => {
  await open('settings');
  const last = await kept(page);
  await storage(page).getByRole('button', { name: 'Forget events' }).click();
  await expect(storage(page)).toContainText('none kept');
  const asked = ranges(page);
  await page.reload();
  await kept(page, last);
  expect(Math.min(...asked.map(([from]) => from))).toBe(0);
});

test('a browser that forbids it reads anew each time, and says so', async ({ page, context, open }) => {
  await context.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });
  });
  for (const visit of ['first', 'second']) {
    const asked = ranges(page);
    await open('settings');
    await expect(storage(page), visit).toContainText('Events are read anew at each visit: the browser does not let pages keep data');
    await page.goto(page.url().replace(/#.*/, '#/aztec-local/providers'));
    await expect(lines(page)).toHaveCount(6);
    // newest first
    await expect.poll(() => Math.min(...asked.map(([from]) => from))).toBe(0);
    await expect(page.getByText(/^Reading events/)).toHaveCount(0);
    await page.goto('about:blank');
  }
});

test('two tabs share what is kept', async ({ page, context, site, open }) => {
  const other = await context.newPage();
  await Promise.all([open('settings'), other.goto(`${site.url}#/aztec-local/settings`)]);
  const [one, two] = await Promise.all([kept(page), kept(other)]);
  expect(one).toBe(two);
  const asked = ranges(other);
  await other.reload();
  await kept(other, two);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  expect(Math.min(...asked.map(([from]) => from))).toBeGreaterThan(two);
});

test('a chain that began anew under the same number drops what was kept of the other', async ({ page, open, devnet }) => {
  const before = await devnet.snapshot();
  await devnet.warp(1_000);
  await devnet.mine(150);
  await open('settings');
  const last = await kept(page, 350);
  await page.goto('about:blank');
  await devnet.revert(before);
  await devnet.warp(5_000);
  await devnet.mine(170);
  const asked = ranges(page);
  await open('settings');
  await kept(page, last);
  expect(Math.min(...asked.map(([from]) => from))).toBe(0);
});

test.describe('on a chain that is not local', () => {
  const PUBLIC = 'https://rpc.rota.test/';
  test.use({ endpoints: [PUBLIC] });

  test('times of final blocks are read once, and kept', async ({ page, context, open, endpoint, devnet }) => {
    await context.unroute(/\/networks\.json$/);
    await context.route(/\/networks\.json$/, (route) => route.fulfill({
      contentType: 'application/json',
      body: JSON.stringify([{ ...devnet.network, explorer: undefined, unlocked: undefined, rpc: [PUBLIC] }]),
    }));
    // a public address, answered by the proxy, which takes the times out of events as many providers do
    await context.route(`${PUBLIC}**`, async (route) => {
      // the page reads on until it is closed: what is under way then has nobody to go to
      const response = await route.fetch({ url: endpoint.url }).catch(() => null);
      await (response ? route.fulfill({ response }) : route.abort()).catch(() => {});
    });
    const headers = () => endpoint.counts().methods.eth_getBlockByNumber?.requests ?? 0;
    const days = async () => {
      await open();
      // what reads times comes with the first sign of use
      await page.mouse.move(20, 20);
      await page.mouse.move(40, 40);
      for (const { id } of devnet.facts.providers) {
        const line = lines(page).filter({ has: page.getByRole('link', { name: `Provider ${id}`, exact: true }) });
        await expect(line.getByRole('cell').nth(6)).toHaveText(/^\d+ \w{3}/);
      }
      return headers();
    };
    const first = await days();
    // registrations are old enough to be final; in the second visit only the head is asked for
    endpoint.resetCounts();
    await page.goto('about:blank');
    const second = await days();
    expect(second).toBeLessThan(first - 4);
  });
});
