import { expect, test } from './support/fixtures.mjs';

const whole = (wei) => (BigInt(wei) / 10n ** 18n).toLocaleString('en');

test('the overview shows the network as the chain has it', async ({ page, open, devnet }) => {
  const { facts } = devnet;
  await open('overview');
  const main = page.locator('main');
  await expect(main.locator('.skel')).toHaveCount(0);
  await expect(main).not.toContainText('Not read');
  const figure = (name) => page.locator('.readout').filter({ hasText: name }).first();
  await expect(figure('Total staked')).toContainText(whole(facts.totalStaked));
  const validating = facts.sequencers.filter(({ status }) => status === 'validating').length;
  await expect(figure('Validating sequencers')).toContainText(String(validating));
  await expect(figure('Entry queue')).toContainText(String(facts.entryQueue.length));
  // each figure knows where it is from
  await figure('Total staked').getByRole('button').first().click();
  await expect(page.getByRole('dialog', { name: 'Source of Total staked' })).toContainText('totalSupply()');
});

test('a chart can be read as a table, and value by value with the keys', async ({ page, open, devnet }) => {
  await open('overview');
  const panel = page.locator('section.panel').filter({ has: page.getByRole('heading', { name: /Stake across providers/ }) });
  await panel.getByRole('button', { name: 'View as table' }).click();
  for (const { id } of devnet.facts.providers) {
    const stake = devnet.facts.sequencers
      .filter((s) => s.provider === id && s.status === 'validating')
      .reduce((sum, { balance }) => sum + BigInt(balance), 0n);
    await expect(panel.getByRole('row').filter({ hasText: new RegExp(`^Provider ${id}`) })).toContainText(whole(stake));
  }
  await expect(panel.getByRole('row').filter({ hasText: 'Not through a provider' })).toBeVisible();
});

test('what happens on the chain appears in the activity by itself', async ({ page, open, devnet }) => {
  await open('overview');
  const feed = page.locator('ul.feed');
  await expect(feed.getByRole('listitem').first()).toBeVisible();
  await devnet.actions.setTakeRate({ provider: 1, takeRate: 900 });
  await expect(feed.getByRole('listitem').first()).toContainText('Provider 1');
  await expect(feed.getByRole('listitem').first()).toContainText('9.00 %');
});

test('pages, providers and addresses are found from the keyboard', async ({ page, open, devnet }) => {
  await open('overview');
  const find = async (text) => {
    await page.keyboard.press('Control+k');
    const field = page.getByRole('dialog').getByRole('combobox');
    // the first time its code has to come: whoever types then types into the field
    await expect(field).toBeFocused();
    await page.keyboard.type(text);
    await expect(field).toHaveValue(text);
    await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
    return field;
  };
  await (await find('provider 2')).press('Enter');
  await expect(page).toHaveURL(/providers\/2$/);
  await (await find('settings')).press('Enter');
  await expect(page).toHaveURL(/settings$/);
  const { admin } = devnet.facts.providers[2];
  await find(admin);
  await page.getByRole('dialog').getByRole('option', { name: /Provider 3 Admin/ }).click();
  await expect(page).toHaveURL(/providers\/3$/);
  const nobody = `0x${'12'.repeat(20)}`;
  await find(nobody);
  await page.getByRole('dialog').getByRole('option', { name: /^Positions of 0x1212/ }).click();
  await expect(page).toHaveURL(new RegExp(`positions/${nobody}$`, 'i'));
  // a page that is opened has the focus
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(page).toHaveURL(/overview$/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: /Keys/ })).toBeVisible();
});

test('with endpoints that send no times with events, days are read and shown', async ({ page, open, endpoint }) => {
  await open('overview');
  // the proxy takes the times of blocks out of logs, as many providers do
  await expect(page.locator('main')).toContainText('Joined, 14 d');
  await expect(page.locator('ul.feed time').first()).toContainText('ago');
  expect(endpoint.counts().methods.eth_getBlockByNumber.requests).toBeGreaterThan(5);
});
