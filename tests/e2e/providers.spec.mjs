import { expect, test, lines } from './support/fixtures.mjs';

const row = (page, id) => page.getByRole('row').filter({ has: page.getByRole('link', { name: `Provider ${id}`, exact: true }) });

test('the table shows what the chain says about every provider', async ({ page, open, devnet }) => {
  await open();
  for (const provider of devnet.facts.providers) {
    const line = row(page, provider.id);
    await expect(line).toContainText(`${(provider.takeRate / 100).toFixed(2)} %`);
    const mine = devnet.facts.sequencers.filter((s) => s.provider === provider.id && s.status === 'validating');
    const stake = mine.reduce((sum, { balance }) => sum + BigInt(balance), 0n) / 10n ** 18n;
    await expect(line.getByRole('cell').nth(2)).toContainText(String(mine.length));
    await expect(line.getByRole('cell').nth(3)).toContainText(stake.toLocaleString('en'));
    await expect(line.getByRole('cell').nth(4)).toHaveText(String(provider.keysLeft));
  }
  await expect(row(page, 5)).toContainText('Full');
  await expect(page.locator('main')).not.toContainText('Not read');
});

test('sort, search and filters stand in the address, and the address brings them back', async ({ page, open }) => {
  await open();
  await page.getByRole('button', { name: 'Commission', exact: true }).click();
  await expect(page).toHaveURL(/sort=commission/);
  await expect(page.getByRole('columnheader', { name: 'Commission' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.getByRole('row').nth(1)).toContainText('0.00 %');
  await page.getByRole('button', { name: 'Open slots' }).first().click();
  await page.getByLabel('Search providers').fill('provider 2');
  await page.getByLabel('Commission up to').selectOption('1000');
  await expect(page).toHaveURL(/q=provider\+2&sort=commission&open=1&most=1000/);
  await expect(page.getByText('1 of 6 shown')).toBeVisible();
  await page.reload();
  await expect(page.getByText('1 of 6 shown')).toBeVisible();
  await expect(page.getByLabel('Search providers')).toHaveValue('provider 2');
  await page.getByLabel('Search providers').fill('nobody at all');
  await expect(page.getByText('No provider matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByText('6 shown')).toBeVisible();
  await expect(page.getByLabel('Commission up to')).toHaveValue('');
});

test('every figure opens its source, with the command that reads the same', async ({ page, open, devnet }) => {
  await open('providers/2');
  await page.getByRole('button', { name: '8.00 %' }).first().click();
  const source = page.getByRole('dialog', { name: 'Source of Commission' });
  await expect(source).toContainText('StakingRegistry');
  await expect(source).toContainText('providerConfigurations(2)');
  await expect(source).toContainText('800');
  await expect(source).toContainText(String(await blockNumber(devnet)));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await source.getByRole('button', { name: 'Copy the cast command' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`cast call ${devnet.facts.contracts.stakingRegistry} 'providerConfigurations(uint256)(address,uint16,address)' 2`);
  await page.keyboard.press('Escape');
  await expect(source).toBeHidden();
});

test('a source is reached by keys, and gives the focus back', async ({ page, open, devnet }) => {
  await open('providers/2');
  const figure = page.getByRole('button', { name: '8.00 %' }).first();
  await figure.focus();
  await page.keyboard.press('Enter');
  const source = page.getByRole('dialog', { name: 'Source of Commission' });
  await expect(source).toBeFocused();
  // what it says is written anew with a block; the focus stays
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const before = await blockNumber(devnet);
  await devnet.mine(1);
  await expect(source).toContainText(String(before + 1));
  await expect(source).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(source).toBeHidden();
  await expect(figure).toBeFocused();
});

const blockNumber = async (devnet) => Number(await devnet.rpc('eth_blockNumber'));

test('each sequencer of a provider has the status that the chain gives it', async ({ page, open, devnet }) => {
  const words = { queued: 'Queued', validating: 'alidating', exiting: 'Exiting', zombie: 'Zombie', finalised: 'Finished', failed: 'Refunded' };
  for (const provider of devnet.facts.providers.filter(({ delegations }) => delegations > 0)) {
    await open(`providers/${provider.id}`);
    const theirs = devnet.facts.sequencers.filter((s) => s.provider === provider.id);
    await expect(page.getByRole('button', { name: `All ${theirs.length}` })).toBeVisible();
    for (const sequencer of theirs) {
      const short = `${sequencer.attester.slice(0, 6)}…${sequencer.attester.slice(-4)}`;
      const hash = sequencer.staked.transaction;
      const line = page.getByRole('row').filter({ hasText: short }).filter({ has: page.locator(`[title="${hash}"]`) });
      await expect(line, `${provider.id} ${short}`).toContainText(words[sequencer.status]);
    }
  }
});

test('a filter of the sequencers stands in the address', async ({ page, open }) => {
  await open('providers/2');
  // the event names the withdrawer; who sent the transaction may be somebody else
  await expect(page.getByRole('columnheader', { name: 'Stake returns to' })).toBeVisible();
  await page.getByRole('button', { name: /^Zombie/ }).click();
  await expect(page).toHaveURL(/providers\/2\?show=zombie/);
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await page.goBack();
});

test('a provider, a network and a page that do not exist say so', async ({ page, open, site }) => {
  await open('providers/99');
  await expect(page.getByText('There is no provider with this number')).toBeVisible();
  await page.goto(`${site.url}#/aztec-local/wat`);
  await expect(page.getByText('This address leads nowhere')).toBeVisible();
  await page.goto(`${site.url}#/moon/providers`);
  await expect(page.getByText('There is no network “moon”')).toBeVisible();
  await page.getByRole('link', { name: 'Aztec Local' }).click();
  await expect(page.getByRole('heading', { name: 'Providers' })).toBeVisible();
});

test('the skip link moves the focus and leaves the address alone', async ({ page, open }) => {
  await open();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await expect(page).toHaveURL(/#\/aztec-local\/providers$/);
});

test('without a network in the address the first one opens to who comes for the first time', async ({ page, open, site }) => {
  await page.goto(site.url);
  await expect(page).toHaveURL(/#\/aztec-local\/providers$/);
  await expect(lines(page)).toHaveCount(6);
});

test('names from the list are shown as unverified, with number and admin kept', async ({ page, context, open, devnet }) => {
  const hostile = '<img src=x onerror=alert(1)>\u202e evil';
  await context.route(/\/providers\.json$/, (route) => route.fulfill({
    contentType: 'application/json',
    body: JSON.stringify({ lists: [{
      chainId: 31337,
      stakingRegistry: devnet.facts.contracts.stakingRegistry,
      providers: [
        { id: 1, name: 'Northbank Infra', website: 'https://northbank.example', manualPayoutAuditUrl: 'https://audit.example/x' },
        { id: 2, name: hostile, website: 'javascript:alert(1)' },
      ],
    }] }),
  }));
  await open();
  const first = page.getByRole('row').filter({ hasText: 'Northbank Infra' });
  await expect(first).toContainText('northbank.example');
  await expect(first).toContainText('unverified');
  await expect(page.getByRole('row').filter({ hasText: '<img src=x onerror=alert(1)> evil' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Provider 3', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Northbank Infra', exact: true }).click();
  await expect(page.getByText('Provider 1', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'northbank.example' })).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(page.getByText('its own claim, unverified')).toBeVisible();
  await open('providers/2');
  await expect(page.locator('a[href^="javascript"]')).toHaveCount(0);
});

test('nothing jumps while the figures arrive', async ({ page, site }) => {
  for (const place of ['overview', 'providers', 'providers/2', 'provide', 'settings']) {
    await page.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, sources }) => ({
        value, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? String(node?.nodeName)),
      })))).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto('about:blank');
    await page.goto(`${site.url}#/aztec-local/${place}`);
    await expect(page.locator('#boot-name')).toHaveCount(0);
    await expect(page.locator('main .skel')).toHaveCount(0);
    await page.waitForTimeout(500);
    // a text in the place of another one, where the order of the table changes, begins elsewhere in its cell
    const seen = await page.evaluate(() => window.shifts.filter(({ value }) => value > 0.002));
    expect(seen, place).toEqual([]);
  }
});

/** 7 Mar, whatever the year. */
const dayOf = (seconds) => new Date(seconds * 1000).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

test('the past of every provider stands beside its figures', async ({ page, open, devnet }) => {
  await open();
  for (const { id, history } of devnet.facts.providers) {
    const line = row(page, id);
    const failed = devnet.facts.sequencers.filter((s) => s.provider === id && s.status === 'failed').length;
    const changed = history.some(({ event }) => event === 'takeRate');
    const registered = history.find(({ event }) => event === 'registered');
    await expect(line.getByRole('cell').nth(1)).toContainText(changed ? /(up|down) \d/ : 'unchanged');
    if (failed > 0) await expect(line.getByRole('cell').nth(5)).toContainText(`${failed} failed deposit`);
    else await expect(line.getByRole('cell').nth(5)).not.toContainText('failed');
    await expect(line.getByRole('cell').nth(6)).toContainText(dayOf(registered.timestamp));
  }
  const own = devnet.facts.sequencers.filter((s) => s.provider === null && s.status === 'validating');
  const rest = page.getByRole('row').filter({ hasText: 'Not through a provider' });
  await expect(rest.getByRole('cell').nth(2)).toHaveText(String(own.length));
});

test('up to four providers stand side by side, and the address says which', async ({ page, open }) => {
  await open();
  // the order is that of what is read: lines move until it is
  await expect(page.locator('main .skel')).toHaveCount(0);
  const box = (id) => page.getByRole('checkbox', { name: `Compare provider ${id}`, exact: true });
  await box(2).check();
  await expect(page.getByText('Choose one more provider')).toBeVisible();
  await box(4).check();
  const beside = page.getByRole('region', { name: 'Providers side by side' });
  await expect(beside.getByRole('row', { name: /^Commission / }).first()).toContainText('8.00 %');
  await expect(beside.getByRole('row', { name: /^Commission before/ })).toContainText('10.00 %');
  await expect(beside.getByRole('columnheader')).toHaveCount(2);
  await box(1).check();
  await box(3).check();
  await expect(box(5)).toBeDisabled();
  await expect(page).toHaveURL(/compare=2\.4\.1\.3/);
  await page.reload();
  await expect(beside.getByRole('columnheader')).toHaveCount(4);
  await beside.getByRole('button', { name: 'Leave out Provider 4' }).click();
  await expect(page).toHaveURL(/compare=2\.1\.3/);
  await beside.getByRole('button', { name: 'Close' }).click();
  await expect(page).not.toHaveURL(/compare/);
  await expect(box(1)).not.toBeChecked();
});

test('what is typed into the middle of a field stays there', async ({ page, open, devnet }) => {
  await open('providers');
  const search = page.getByRole('searchbox', { name: 'Search providers' });
  await search.fill('vider 2');
  await search.press('Home');
  await page.keyboard.type('pro');
  await expect(search).toHaveValue('provider 2');
  await expect(page.getByText('1 of 6 shown')).toBeVisible();
  // the field follows the address as well
  await page.goBack();
  await open('providers');
  await expect(search).toHaveValue('');

  // one that is drawn again with every block
  await open('governance');
  const form = page.getByRole('region', { name: 'Propose without signals' });
  await form.getByRole('button', { name: 'Propose with a lock' }).click();
  const payload = form.getByLabel('Payload');
  await payload.fill('12');
  await payload.press('Home');
  await page.keyboard.type('0');
  await devnet.rpc('anvil_mine', ['0x1']);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.waitForTimeout(2_000);
  await page.keyboard.type('x');
  await expect(payload).toHaveValue('0x12');
});
