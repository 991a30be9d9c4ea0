/** Token vaults: found or named, staked from in one run, left, and shown to whoever may do what. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { FIXED } from '../devnet/addresses.mjs';
import { delegatePanel, expect, runPanel, test } from './support/fixtures.mjs';

// injected as text: the page's policy allows no script from elsewhere
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const vaults = (page) => page.getByRole('region', { name: 'Token vaults' });
const stakes = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Stakes', exact: true }) });
const short = (address) => `${address.slice(0, 6)}…${address.slice(-4)}`;
const made = (devnet, name) => devnet.facts.vaults.find((vault) => vault.name === name);
const dialog = (page) => page.getByRole('dialog', { name: 'Token vault' });

async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await window.axe.run()).violations);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Keeps the events of the vaults' factory from a page until what is returned is called. */
async function withholdVaults(page, endpoint) {
  let release;
  const gate = new Promise((resolve) => { release = resolve; });
  const factory = FIXED.vaultFactory.toLowerCase();
  await page.route(`${endpoint.url}/**`, async (route) => {
    const asked = route.request().postData()?.toLowerCase() ?? '';
    if (asked.includes('eth_getlogs') && asked.includes(factory)) await gate;
    await route.continue();
  });
  return release;
}

/** Who waits in the entry queue for somebody, by their withdrawer. */
const queued = async (devnet, withdrawer) => {
  const rollup = devnet.handle.canonical.contract;
  const length = Number(await rollup.read('getEntryQueueLength'));
  const all = await Promise.all([...Array(length).keys()].map((i) => rollup.read('getEntryQueueAt', [BigInt(i)])));
  return all.filter((entry) => entry.withdrawer.toLowerCase() === withdrawer.toLowerCase()).length;
};

test('a vault is staked from in one run', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.vested.address;
  const { vault, staker } = made(devnet, 'untouched');
  await open('providers/1');
  await connect();
  const panel = delegatePanel(page);
  await expect(panel.getByRole('group', { name: 'Stake from' }).getByRole('radio')).toHaveCount(4);
  await panel.getByRole('radio', { name: new RegExp(`Vault ${short(vault)}`) }).check();
  await expect(panel).toContainText('the run upgrades it first');
  await expect(panel).toContainText('the run makes its beneficiary the operator');
  await expect(panel).toContainText(`The vault ${short(vault)}`);
  await panel.getByRole('button', { name: 'Review 4 transactions' }).click();
  const run = runPanel(page);
  await expect(run).toContainText('Simulated OK');
  for (const fn of ['upgradeStaker', 'updateStakerOperator', 'approveStaker']) {
    await expect(run).toContainText(`Vault ${short(vault)}.${fn}`);
  }
  await expect(run).toContainText(`Staker of vault ${short(vault)}.stakeWithProvider`);
  await expect(run).toContainText('Reverts at any other commission');
  await run.getByRole('button', { name: /^Delegate/ }).click();
  await expect(run).toContainText('4 of 4 confirmed');
  await expect(run).toContainText('waits in the entry queue');
  expect(await queued(devnet, staker)).toBe(1);
  expect(wallet.signings).toHaveLength(4);

  // what is done is not done again
  await expect(panel.getByRole('button', { name: 'Review 2 transactions' })).toBeVisible();
  await open('positions');
  await expect(stakes(page)).toContainText(`from vault ${short(vault)}`);
  await expect(vaults(page)).toContainText('You are beneficiary and operator');
});

test('a vault is named by whoever operates it', async ({ page, open, devnet }) => {
  const { vault, beneficiary } = made(devnet, 'without an exit');
  await open(`positions/${devnet.accounts.vaultOperator.address}`);
  await expect(vaults(page).getByRole('button', { name: 'Look at vault' })).toBeDisabled();
  await vaults(page).getByLabel('Vault address').fill(devnet.facts.contracts.token);
  await vaults(page).getByRole('button', { name: 'Look at vault' }).click();
  await expect(vaults(page)).toContainText('does not answer as a token vault does');
  await vaults(page).getByLabel('Vault address').fill(made(devnet, 'untouched').vault);
  await vaults(page).getByRole('button', { name: 'Look at vault' }).click();
  await expect(vaults(page)).toContainText('belongs to another address');
  await vaults(page).getByLabel('Vault address').fill(vault);
  await vaults(page).getByRole('button', { name: 'Look at vault' }).click();
  await expect(vaults(page)).toContainText('milestone, reached');
  await expect(vaults(page)).toContainText('version 1; version 3 exists; cannot exit');
  await expect(vaults(page)).toContainText('600,000 AZTEC');

  // what only the beneficiary may sign can be taken to it
  await vaults(page).getByRole('button', { name: `Upgrade staker, vault ${short(vault)}` }).click();
  await expect(dialog(page)).toContainText(`Only ${short(beneficiary)}`);
  await expect(dialog(page)).toContainText('cast send');
  await dialog(page).getByRole('button', { name: 'Close' }).click();

  // it is there at the next visit
  await page.reload();
  await expect(vaults(page)).toContainText('version 1; version 3 exists; cannot exit');
});

test('stake of a vault leaves to the vault', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.vested.address;
  const { vault, allocation } = made(devnet, 'not claimable');
  const { attester } = await devnet.actions.stakeFromVault({ vault, provider: 1 });
  await devnet.actions.drainQueue();
  // the node sends with less gas than it estimates when asked; wallets ask, and add half of it
  wallet.mood = async (transaction) => {
    const gas = BigInt(await devnet.rpc('eth_estimateGas', [transaction])) * 3n / 2n;
    return { result: await devnet.rpc('eth_sendTransaction', [{ ...transaction, gas: `0x${gas.toString(16)}` }]) };
  };
  await open('positions');
  await connect();
  // says what it could be claimed for, and pays nobody
  await expect(vaults(page)).toContainText('never claimable');
  await stakes(page).getByRole('button', { name: `Exit ${short(attester)}` }).click();
  const leave = page.getByRole('dialog', { name: 'Start an exit' });
  await expect(leave).toContainText(`goes back to the vault, ${short(vault)}`);
  await expect(leave).toContainText('Can be finalised, if started now');
  await leave.getByRole('button', { name: 'Review: Start the exit' }).click();
  await runPanel(page).getByRole('button', { name: `Start the exit of ${short(attester)}` }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(runPanel(page)).toContainText(`200,000 AZTEC will go to ${short(vault)}`);
  const finalise = stakes(page).getByRole('button', { name: `Finalise ${short(attester)}` });
  await expect(finalise).toHaveCount(0);
  await devnet.warp(devnet.facts.parameters.governanceWithdrawalDelay + 60);
  await finalise.click();
  await runPanel(page).getByRole('button', { name: `Finalise the exit of ${short(attester)}` }).click();
  await expect(runPanel(page)).toContainText(`went to ${short(vault)}`);
  expect(await devnet.contracts.token.read('balanceOf', [vault])).toBe(BigInt(allocation));
});

test('what is unlocked is claimed', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.vested.address;
  const { vault } = made(devnet, 'untouched');
  await open('positions');
  await connect();
  await vaults(page).getByRole('button', { name: `Claim unlocked, vault ${short(vault)}` }).click();
  await dialog(page).getByRole('button', { name: /^Review: Claim/ }).click();
  await expect(runPanel(page)).toContainText(`Vault ${short(vault)}.claim`);
  await runPanel(page).getByRole('button', { name: /^Claim/ }).click();
  await expect(runPanel(page)).toContainText('AZTEC left the vault.');
  expect(await devnet.contracts.token.read('balanceOf', [wallet.account])).toBeGreaterThan(400_000n * 10n ** 18n);
});

test('stake of a vault is among the positions of its beneficiary, once', async ({ page, open, devnet }) => {
  const { vault, staker } = made(devnet, 'staking');
  const own = devnet.facts.sequencers.filter(({ withdrawer }) => withdrawer === staker);
  expect(own).toHaveLength(2);
  await open(`positions/${devnet.accounts.grantee.address}`);
  await expect(stakes(page).locator('tbody tr')).toHaveCount(own.length);
  for (const { attester } of own) await expect(stakes(page)).toContainText(short(attester));
  await expect(stakes(page)).toContainText(`from vault ${short(vault)}`);
  await expect(vaults(page)).toContainText('400,000 AZTEC');
  // its rewards are its own, and counted once
  const others = page.getByRole('region', { name: 'Rewards of others’ stakes' });
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('2 split contracts');
  await expect(others.locator('tbody tr')).toHaveCount(0);
});

test('while vaults are looked for, what they stake is missing and not nothing', async ({ page, open, devnet, endpoint }) => {
  const release = await withholdVaults(page, endpoint);
  const totals = page.getByRole('region', { name: 'Totals' });
  const readout = (name) => totals.locator('.readout').filter({ hasText: name });
  await open(`positions/${devnet.accounts.grantee.address}`);
  await expect(stakes(page)).toContainText('Token vaults are still being read');
  await expect(stakes(page)).toHaveAttribute('aria-busy', 'true');
  await expect(stakes(page)).not.toContainText('No positions');
  for (const name of ['Staked', 'Unclaimed rewards', 'Leaving']) {
    await expect(readout(name)).toContainText('so far');
    await expect(readout(name).locator('.skel'), 'no sum of nothing').toHaveCount(1);
  }
  await expect(page.getByRole('button', { name: 'Export as JSON' })).toBeDisabled();
  release();
  await expect(stakes(page).locator('tbody tr')).toHaveCount(2);
  await expect(readout('Staked')).toContainText('400,000 AZTEC');
  await expect(totals).not.toContainText('so far');
  await expect(page.getByRole('button', { name: 'Export as JSON' })).toBeEnabled();
});

test('known stakes and their rewards do not wait for vaults', async ({ page, open, connect, devnet, endpoint, wallet }) => {
  const release = await withholdVaults(page, endpoint);
  wallet.account = devnet.accounts.bob.address;
  const totals = page.getByRole('region', { name: 'Totals' });
  const claims = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Claim rewards' }) });
  await open('positions');
  await connect();
  await expect(stakes(page)).toHaveAttribute('aria-busy', 'false');
  await expect(totals.locator('.skel')).toHaveCount(0);
  await expect(totals.locator('.readout').filter({ hasText: 'Staked' })).toContainText(/AZTEC[^]*so far/);
  await expect(claims).toContainText('Token vaults are still being read: more may be there');
  await expect(claims.getByRole('button', { name: /^Claim what is known/ })).toBeEnabled();
  for (const format of ['CSV', 'ICS', 'JSON']) await expect(page.getByRole('button', { name: `Export as ${format}` })).toBeDisabled();
  release();
  await expect(claims.getByRole('button', { name: /^Claim all/ })).toBeEnabled();
  await expect(claims).not.toContainText('more may be there');
  await expect(totals).not.toContainText('so far');
  await expect(page.getByRole('button', { name: 'Export as CSV' })).toBeEnabled();
});

test('another operator is named, and takes a zombie back to the vault', async ({ page, open, connect, devnet, wallet }) => {
  const { vault, staker } = made(devnet, 'staking');
  const { attester } = devnet.facts.sequencers.find(({ withdrawer }) => withdrawer === staker);
  const next = devnet.accounts.vaultOperator.address;
  await devnet.actions.slash({ attester, amount: 12_000n * 10n ** 18n });
  wallet.account = devnet.accounts.grantee.address;
  await open('positions');
  await connect();
  await vaults(page).getByRole('button', { name: `Change operator, vault ${short(vault)}` }).click();
  await dialog(page).getByLabel('Operator').fill(wallet.account);
  await expect(dialog(page)).toContainText('This is the present value');
  await dialog(page).getByLabel('Operator').fill(next);
  await dialog(page).getByRole('button', { name: /^Review: Make 0x/ }).click();
  await runPanel(page).getByRole('button', { name: /^Make 0x/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(vaults(page)).toContainText(short(next));

  // its beneficiary cannot any more, and can hand the call on
  await stakes(page).getByRole('button', { name: `Take back ${short(attester)}` }).click();
  const leave = page.getByRole('dialog', { name: 'Start an exit' });
  await expect(leave).toContainText(`Only ${short(next)}`);
  await expect(leave).toContainText('cast send');
  await leave.getByRole('button', { name: 'Close' }).click();
  await devnet.rpc('anvil_impersonateAccount', [next]);
  const data = ['initiateWithdraw', [devnet.handle.canonical.version, attester]];
  await devnet.handle.staker(staker).send(next, ...data);
  await expect(stakes(page)).toContainText('188,000');
  await devnet.warp(devnet.facts.parameters.governanceWithdrawalDelay + 60);
  await stakes(page).getByRole('button', { name: `Finalise ${short(attester)}` }).click();
  await runPanel(page).getByRole('button', { name: `Finalise the exit of ${short(attester)}` }).click();
  await expect(runPanel(page)).toContainText(`188,000 AZTEC went to ${short(vault)}`);
});

for (const theme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    test(`vaults have no violation, ${theme}, ${width} px`, async ({ page, open, connect, devnet, wallet }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      wallet.account = devnet.accounts.vested.address;
      await open('positions');
      await connect();
      await expect(vaults(page).locator('.readouts')).toHaveCount(3);
      await expect(page.locator('main .skel')).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await violations(page), 'the panel').toEqual([]);
      if (process.env.ROTA_SHOTS) await page.screenshot({ path: `${process.env.ROTA_SHOTS}/vaults-${theme}-${width}.png`, fullPage: true });
      await vaults(page).getByRole('button', { name: /^Change operator/ }).first().click();
      await expect(dialog(page)).toBeVisible();
      expect(await violations(page), 'the dialog').toEqual([]);
      if (process.env.ROTA_SHOTS) await page.screenshot({ path: `${process.env.ROTA_SHOTS}/dialog-${theme}-${width}.png` });
      await page.keyboard.press('Escape');
      await open('providers/1');
      await delegatePanel(page).getByRole('radio', { name: /^Vault/ }).nth(1).check();
      expect(await violations(page), 'the delegate panel').toEqual([]);
      if (process.env.ROTA_SHOTS) await delegatePanel(page).screenshot({ path: `${process.env.ROTA_SHOTS}/delegate-${theme}-${width}.png` });
    });
  }
}
