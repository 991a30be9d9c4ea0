/**
 * Every way in which an endpoint can go wrong, on the first of two endpoints and on the only one.
 *
 * With a good second endpoint nothing may be missing. Alone, nothing wrong may be shown (a figure that was not read is
 * never a zero), nothing may be signed that was not checked, and all must come back by itself.
 */
import { delegatePanel, expect, runPanel, test, lines } from './support/fixtures.mjs';

const ONE = 200_000n * 10n ** 18n;

/**
 * `rule` is the proxy's. `dumb`: the endpoint gives no usable answer at all while it is on. `blind`: it does not see what
 * was signed since. `dim`: it no longer tells what a call would move.
 */
const FAULTS = [
  { name: '429 with a Retry-After that scripts may read', rule: { fault: 'rateLimit', retryAfter: 1, exposed: true }, dumb: true },
  { name: '429 with a Retry-After that is hidden', rule: { fault: 'rateLimit', retryAfter: 1 }, dumb: true },
  { name: '429 that the browser keeps from the page', rule: { fault: 'rateLimit', cors: false }, dumb: true },
  { name: '502', rule: { fault: 'unavailable', status: 502 }, dumb: true },
  { name: 'HTML in place of JSON', rule: { fault: 'html' }, dumb: true },
  { name: 'half an answer', rule: { fault: 'truncated' }, dumb: true },
  { name: 'the answer to something else', rule: { fault: 'wrongId' }, dumb: true },
  { name: 'nobody there', rule: { fault: 'dead' }, dumb: true },
  { name: 'silence, then a cut', rule: { fault: 'hang', ms: 1_500 }, dumb: true },
  { name: 'answers of 50 MB', rule: { fault: 'huge' }, dumb: true },
  { name: 'another chain', rule: { fault: 'wrongChain', chainId: 5 }, dumb: true },
  { name: 'no batches', rule: { fault: 'noBatch' } },
  { name: 'a slow drip', rule: { fault: 'drip', bytes: 8_192, ms: 20 } },
  { name: 'a slow endpoint', rule: { fault: 'slow', ms: 120 } },
  { name: 'a head that goes back and forth', rule: { fault: 'headBack', blocks: 2 } },
  { name: 'logs of 500 blocks at a time', rule: { fault: 'logLimit', blocks: 500 } },
  { name: 'logs of 100 blocks at a time', rule: { fault: 'logLimit', blocks: 100 } },
  { name: 'five logs at a time', rule: { fault: 'logLimit', results: 5 } },
  { name: 'no old states', rule: { fault: 'noArchive', blocks: 1 } },
  { name: 'no eth_simulateV1', rule: { fault: 'missingMethod', methods: ['eth_simulateV1'] }, dim: true },
  { name: 'a head that is stuck', rule: { fault: 'stuckHead' }, blind: true },
];

/** What the browser itself says of a request that failed. */
const NETWORK_ERRORS = /Failed to load resource|blocked by CORS policy/;

/** The table as people see it: the name and the cells of each line that is drawn. */
const linesOf = (page) => page.getByRole('row').evaluateAll((rows) => rows
  .filter((row) => row.querySelector('td a'))
  .map((row) => [row.querySelector('td a').innerText, ...[...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())]));

/** Whatever stands in the table is true; what is not there (yet) may be missing, or said not to be read. */
async function nothingFalse(page, { providers, sequencers }) {
  for (const [name, ...cells] of await linesOf(page)) {
    const provider = providers.find(({ id }) => name === `Provider ${id}`);
    const active = sequencers.filter((one) => one.provider === provider.id && one.status === 'validating').length;
    const [, rate, delegations, , keys] = cells;
    for (const [shown, truth] of [[rate, `${(provider.takeRate / 100).toFixed(2)} %`], [delegations, active], [keys, provider.keysLeft]]) {
      expect(['', 'Loading', 'Not read', String(truth)], cells.join(' | ')).toContain(shown.split('\n')[0]);
    }
  }
  await expect(page.locator('main')).not.toContainText(/Registered: 0\b|No provider is registered/, { timeout: 1 });
}

const complete = async (page, { providers }) => {
  await expect(lines(page)).toHaveCount(providers.length);
  await expect(page.locator('main .skel')).toHaveCount(0);
  await expect(page.locator('main')).not.toContainText('Not read');
};

const review = async (page) => {
  await delegatePanel(page).getByRole('button', { name: /^Review/ }).click();
  await expect(runPanel(page)).toContainText('Simulated OK');
};
const sign = (page) => runPanel(page).getByRole('button', { name: /^Delegate/ });
/** A run that has stopped says so, and the person tries once more; one that was still checking goes on by itself. */
async function carryOn(page) {
  const button = runPanel(page).getByRole('button', { name: 'Check again' });
  await expect(button.or(runPanel(page).getByText('2 of 2 confirmed'))).toBeVisible();
  if (await button.isVisible()) await button.click();
}
const staked = async (page, devnet, wallet) => {
  // a bad endpoint makes it slow, and slow is all it may be
  await expect(runPanel(page)).toContainText('2 of 2 confirmed', { timeout: 30_000 });
  expect(await devnet.contracts.token.read('balanceOf', [wallet.account])).toBe(9n * ONE);
};

for (const { name, rule, dumb = false, blind = false, dim = false } of FAULTS) {
  test.describe(name, () => {
    test.describe('first of two endpoints', () => {
      test.use({ endpoints: async ({ endpoint, world }, use) => use([endpoint.url, world.devnet.url]) });

      test('all is there, and one can delegate', async ({ page, open, connect, endpoint, devnet, wallet, watch }) => {
        watch.expectError(NETWORK_ERRORS);
        endpoint.addFault(rule);
        await open();
        await complete(page, devnet.facts);
        await nothingFalse(page, devnet.facts);
        await open('providers/2');
        await connect();
        await review(page);
        await sign(page).click();
        await staked(page, devnet, wallet);
      });
    });

    test('alone: nothing false, and all comes back', async ({ page, open, endpoint, devnet, watch }) => {
      watch.expectError(NETWORK_ERRORS);
      const end = endpoint.addFault(rule);
      await open();
      for (let look = 0; look < 10; look += 1) {
        await nothingFalse(page, devnet.facts);
        await page.waitForTimeout(200);
      }
      if (!dumb) await complete(page, devnet.facts);
      end();
      await complete(page, devnet.facts);
      await nothingFalse(page, devnet.facts);
    });

    test('alone: nothing is signed that was not checked', async ({ page, open, connect, endpoint, devnet, wallet, watch }) => {
      watch.expectError(NETWORK_ERRORS);
      await open('providers/2');
      await connect();
      await review(page);
      const end = endpoint.addFault(rule);
      await page.waitForTimeout(1_200);
      if (await sign(page).isEnabled()) await sign(page).click();
      if (dim) {
        // what was shown with its movements has to be confirmed as what is not known
        await expect(runPanel(page)).toContainText('no endpoint tells it now');
        expect(wallet.signings).toHaveLength(0);
        await sign(page).click();
      }
      if (dumb) {
        await page.waitForTimeout(2_000);
        expect(wallet.signings).toHaveLength(0);
        end();
        await carryOn(page);
      }
      if (blind) {
        await expect(runPanel(page)).toContainText(/Pending|Looked for/);
        await expect(runPanel(page)).not.toContainText('not done');
        end();
      }
      await staked(page, devnet, wallet);
    });
  });
}

test('a reorganisation: what was undone is shown no more', async ({ page, open, devnet }) => {
  await open();
  await complete(page, devnet.facts);
  const rate = page.getByRole('row').filter({ hasText: 'Provider 1' }).getByRole('cell').nth(1).getByRole('button');
  await expect(rate).toHaveText('5.00 %');
  await devnet.actions.setTakeRate({ provider: 1, takeRate: 900 });
  await expect(rate).toHaveText('9.00 %');
  await devnet.reorganise(1);
  await expect(rate).toHaveText('5.00 %');
});
