import { startDevnet } from '../devnet/index.mjs';
import { expect, test, lines } from './support/fixtures.mjs';

const complete = async (page) => {
  // lines that wait for the chain look alike
  await expect(page.getByRole('link', { name: 'Provider 1', exact: true })).toBeVisible();
  await expect(lines(page)).toHaveCount(6);
};

test('an endpoint that answers 429 is given time, and what it owes arrives', async ({ page, open, endpoint, watch }) => {
  watch.expectError(/429/);
  endpoint.addFault({ fault: 'rateLimit', times: 3 });
  await open();
  await complete(page);
  await expect(page.locator('main')).not.toContainText('Not read');
});

test('Retry-After is obeyed where the browser lets us read it', async ({ page, open, endpoint, watch }) => {
  watch.expectError(/429/);
  endpoint.addFault({ fault: 'rateLimit', methods: ['eth_getBlockByNumber'], times: 1, retryAfter: 2, exposed: true });
  const start = Date.now();
  await open();
  await complete(page);
  expect(Date.now() - start).toBeGreaterThan(1900);
});

for (const fault of ['unavailable', 'html', 'truncated', 'wrongId']) {
  test(`an endpoint that answers “${fault}” now and then loses nothing`, async ({ page, open, endpoint, watch }) => {
    watch.expectError(/503/);
    endpoint.addFault({ fault, times: 4 });
    await open();
    await complete(page);
    await expect(page.locator('main .skel')).toHaveCount(0);
    await expect(page.locator('main')).not.toContainText('Not read');
  });
}

test.describe('a second endpoint', () => {
  test.use({ endpoints: async ({ endpoint, world }, use) => use([endpoint.url, world.devnet.url]) });

  test('takes over when the first one is silent', async ({ page, open, endpoint }) => {
    test.slow();
    endpoint.addFault({ fault: 'hang' });
    await open();
    await complete(page);
    await expect(page.getByText('1 of 2 endpoints failed')).toBeVisible();
    await expect(page.getByText('did not answer within 12 s')).toBeVisible();
  });

  test('takes over when the first one serves another chain, which is never believed', async ({ page, open, endpoint }) => {
    endpoint.addFault({ fault: 'wrongChain', chainId: 5 });
    await open();
    await complete(page);
    await expect(page.getByText('serves chain 5 instead of 31337')).toBeVisible();
  });

  test('that serves a fork of the chain is found out, and nothing is signed', async ({ page, connect, devnet, context, site, watch }) => {
    const other = await startDevnet({ scenario: false });
    try {
      await other.mine(400);
      watch.allow(other.url);
      await context.unroute(/\/networks\.json$/);
      await context.route(/\/networks\.json$/, (route) => route.fulfill({
        contentType: 'application/json',
        body: JSON.stringify([{ ...devnet.network, explorer: undefined, rpc: [devnet.url, other.url] }]),
      }));
      // told to the watch as well
      await page.goto(`${site.url}#/aztec-local/providers/1`);
      await expect(page.getByText('Your endpoints disagree about block')).toBeVisible({ timeout: 20_000 });
      await connect();
      await page.locator('section.deleg').getByRole('button', { name: /^Review/ }).click();
      await expect(page.locator('section.run').getByRole('button', { name: 'Your endpoints disagree' })).toBeDisabled();
    } finally {
      await other.stop();
    }
  });
});

test('a dead endpoint keeps the last figures, greys them, and recovers by itself', async ({ page, open, endpoint, watch }) => {
  watch.expectError(/503/);
  await open();
  await complete(page);
  // the figures that may not go are all there
  await expect(page.locator('main .skel')).toHaveCount(0);
  await expect(page.locator('main')).not.toContainText('Not read');
  await expect(page.getByText(/^Reading events/)).toHaveCount(0);
  const end = endpoint.addFault({ fault: 'unavailable' });
  await expect(page.getByText('Your endpoint has trouble')).toBeVisible();
  await expect(lines(page)).toHaveCount(6);
  await expect(page.locator('main')).not.toContainText('Not read');
  end();
  await expect(page.getByText('Your endpoint has trouble')).toBeHidden({ timeout: 30_000 });
});

test('a chain that cannot be read at all says so and offers the way out', async ({ page, open, endpoint, watch }) => {
  watch.expectError(/503/);
  endpoint.addFault({ fault: 'unavailable' });
  await open();
  await expect(page.getByText('The chain cannot be read')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('link', { name: 'Endpoints' }).first()).toBeVisible();
  await expect(page.locator('main')).not.toContainText(/Registered: 0\b/);
});

test('contracts that contradict each other block signing and are named', async ({ page, context, site, devnet, endpoint }) => {
  const other = devnet.facts.contracts;
  await context.unroute(/\/networks\.json$/);
  // a StakingRegistry that is none
  const entry = { ...devnet.network, explorer: undefined, rpc: [endpoint.url], stakingRegistry: other.token };
  await context.route(/\/networks\.json$/, (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify([entry]) }));
  await page.goto(`${site.url}#/aztec-local/settings`);
  await expect(page.getByText('The contracts of this network contradict each other')).toBeVisible();
  await expect(page.getByText(/StakingRegistry\.ROLLUP_REGISTRY cannot be read/)).toBeVisible();
});
