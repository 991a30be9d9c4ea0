import { expect, runPanel, test } from './support/fixtures.mjs';

const register = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Register a provider' }) });
const commission = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Commission', exact: true }) });
const recipient = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Rewards recipient' }) });

test('a provider is registered, and its number comes from the receipt', async ({ page, open, connect, devnet, wallet }) => {
  await open('provide');
  await connect();
  await expect(register(page)).toContainText('probably 7');
  // somebody else is faster
  await devnet.actions.registerProvider({ admin: devnet.accounts.whale.address, takeRate: 100, recipient: devnet.accounts.whale.address });
  const form = register(page);
  await form.getByLabel('Admin').fill('0x4f2A90c1b8E3');
  await expect(form).toContainText('Too short: 14 of 42 characters');
  await form.getByRole('button', { name: 'Use this account' }).first().click();
  await form.getByLabel('Commission').fill('101');
  await expect(form).toContainText('At most 100 %');
  await form.getByLabel('Commission').fill('6.5');
  await expect(form).toContainText('650 basis points');
  await form.getByLabel('Rewards recipient').fill(devnet.accounts.fresh.address);
  await form.getByRole('button', { name: 'Review: Register a provider' }).click();
  await runPanel(page).getByRole('button', { name: 'Register a provider' }).click();
  await expect(runPanel(page)).toContainText('Registered as provider 8.');
  const [admin, rate, to] = await devnet.contracts.stakingRegistry.read('providerConfigurations', [8n]);
  expect([admin, rate, to]).toEqual([wallet.account, 650, devnet.accounts.fresh.address]);
  await expect(page.locator('.pagehead').getByText('Provider 8')).toBeVisible();
});

test('a commission is changed, with everything that follows from it', async ({ page, open, connect, devnet, wallet }) => {
  const provider = devnet.facts.providers[1];
  wallet.account = provider.admin;
  await devnet.rpc('anvil_impersonateAccount', [provider.admin]);
  await open('provide');
  await connect();
  const panel = commission(page);
  await expect(panel).toContainText('now 8.00 %');
  await expect(panel).toContainText('keep 10.00 %');
  await expect(panel).toContainText('keep 8.00 %');
  await panel.getByLabel('New commission').fill('8');
  await expect(panel).toContainText('This is the present value.');
  await panel.getByLabel('New commission').fill('20');
  await expect(panel).toContainText('4 → 5 of 6');
  await panel.getByRole('button', { name: 'Review: Set the commission to 20.00 %' }).click();
  await expect(runPanel(page)).toContainText('StakingRegistry.updateProviderTakeRate');
  await runPanel(page).getByRole('button', { name: 'Set the commission to 20.00 %' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect((await devnet.contracts.stakingRegistry.read('providerConfigurations', [2n]))[1]).toBe(2000);
  await expect(commission(page)).toContainText('now 20.00 %');
});

test('the rewards recipient is changed', async ({ page, open, connect, devnet, wallet }) => {
  const provider = devnet.facts.providers[0];
  wallet.account = provider.admin;
  await devnet.rpc('anvil_impersonateAccount', [provider.admin]);
  await open('provide');
  await connect();
  await recipient(page).getByLabel('New rewards recipient').fill(devnet.accounts.fresh.address);
  await recipient(page).getByRole('button', { name: 'Review: Change the rewards recipient' }).click();
  await runPanel(page).getByRole('button', { name: 'Change the rewards recipient' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect((await devnet.contracts.stakingRegistry.read('providerConfigurations', [1n]))[2]).toBe(devnet.accounts.fresh.address);
});

test('who is not the admin is told who is', async ({ page, open, connect, devnet }) => {
  await open('provide?provider=1');
  await connect();
  await commission(page).getByLabel('New commission').fill('7');
  const { admin } = devnet.facts.providers[0];
  await expect(commission(page)).toContainText(`Only the admin ${admin.slice(0, 6)}`);
  await expect(commission(page).getByRole('button', { name: 'Enter a new commission' })).toBeDisabled();
});

test('without a wallet the page says what it is for', async ({ page, open }) => {
  await open('provide');
  await expect(page.getByText('Not connected')).toBeVisible();
  await expect(register(page).getByRole('button', { name: 'Connect wallet' })).toBeEnabled();
});
