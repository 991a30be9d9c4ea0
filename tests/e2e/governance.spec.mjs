import { encodeAbiParameters, keccak256 } from 'viem/utils';
import { DEPLOYER } from '../devnet/accounts.mjs';
import { aztecAbi, aztecCode } from '../devnet/artifacts.mjs';
import { expect, runPanel, test } from './support/fixtures.mjs';

const TOKEN = 10n ** 18n;
const million = (n) => BigInt(n) * 1_000_000n * TOKEN;
const panel = (page, name) => page.getByRole('region', { name });
const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const history = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) });
const proposal = (devnet, wanted) => devnet.facts.proposals.find(({ state }) => state === wanted);

/** The connected account is a person of the scenario. */
async function be(devnet, wallet, name) {
  wallet.account = devnet.accounts[name].address;
  await devnet.rpc('anvil_impersonateAccount', [wallet.account]);
}

test('rounds and proposals are read without a wallet', async ({ page, open, devnet }) => {
  await open('governance');
  const { running, won } = devnet.facts.signalling;
  await expect(page.getByRole('heading', { name: `Signalling round ${running.round.toLocaleString('en')}` })).toBeVisible();
  await expect(page.getByRole('img', { name: /100 slots: 38 with a signal/ })).toBeVisible();
  await expect(page.getByText(`Round ${won.round.toLocaleString('en')} was won`)).toBeVisible();
  for (const [state, word] of [['pending', 'Pending'], ['active', 'Active'], ['queued', 'Queued'], ['executable', 'Executable'],
    ['rejected', 'Rejected'], ['executed', 'Executed'], ['expired', 'Expired']]) {
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: `Proposal ${proposal(devnet, state).id}`, exact: true }) });
    await expect(row).toContainText(word);
  }
  await page.getByRole('link', { name: `Proposal ${proposal(devnet, 'active').id}`, exact: true }).click();
  await expect(heading(page, 'Proposal 5')).toBeVisible();
  await expect(page.getByText('15.8 %')).toBeVisible();
  await expect(page.getByText('Would not pass if voting ended now')).toBeVisible();
  await expect(page.getByText('setProofOfPossessionGasLimit(uint64)')).toBeVisible();
  await expect(page.getByText('Rota does not know this contract')).toBeVisible();
});

test('what a proposal changes is shown now and after, and rehearsed', async ({ page, open, devnet }) => {
  await open(`governance/${proposal(devnet, 'active').id}`);
  const row = page.getByRole('row').filter({ hasText: 'Gas for checking a key' }).first();
  await expect(row).toContainText('250,000');
  await expect(row).toContainText('300,000');
  await expect(row).toContainText('+50,000');
  await expect(page.getByText('There is no contract at this address: the call does nothing.')).toBeVisible();
  const run = panel(page, 'If it were executed');
  await expect(run).toContainText('Every call succeeds');
  await expect(run).toContainText('Gas for checking a key');
  await expect(page.getByText('Code hash')).toBeVisible();
  await expect(page.getByText(/It won round [\d,]+\./)).toBeVisible();
  // who voted, and when
  const voters = panel(page, 'Voters');
  await expect(voters).toContainText('25,000,000');
  await expect(voters).toContainText('Yea 80.0 %, nay 20.0 %');
  const chart = panel(page, 'Votes over time');
  await chart.getByRole('img', { name: /25,000,000 AZTEC cast in 2 votes, 80.0 % of it yea/ }).focus();
  await page.keyboard.press('Home');
  await expect(chart.getByRole('status')).toContainText('Yea, 20,000,000 AZTEC');
  await chart.getByRole('button', { name: 'View as table' }).click();
  await expect(chart.getByRole('row')).toHaveCount(3);

  await open(`governance/${proposal(devnet, 'queued').id}`);
  await expect(page.getByText('A contract gets another owner')).toBeVisible();
  await expect(panel(page, 'If it were executed')).toContainText('OwnershipTransferred');
  await expect(page.getByText(/258,750,000.* are locked as withdrawal/)).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Add to calendar' }).click()]);
  expect(file.suggestedFilename()).toBe(`rota-proposal-${proposal(devnet, 'queued').id}.ics`);
  const link = page.getByRole('button', { name: /^Copy link/ });
  expect(await link.getAttribute('data-copy')).toMatch(new RegExp(`#/aztec-local/governance/${proposal(devnet, 'queued').id}$`));
});

test('a payload with a thousand calls is cut off and not run', async ({ page, open, devnet }) => {
  const { id } = proposal(devnet, 'pending');
  // the payload is in the fourth slot of a proposal, beside its margin
  const base = BigInt(keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [BigInt(id), 3n])));
  const hex = (n) => `0x${n.toString(16).padStart(64, '0')}`;
  for (const [kind, said] of [['many', 'and 960 that are not drawn here'], ['large', 'Calldata, 1,000,000 bytes, cut off']]) {
    const word = ((33n * 10n ** 16n) << 160n) | BigInt(devnet.facts.hostilePayloads[kind]);
    await devnet.rpc('anvil_setStorageAt', [devnet.contracts.governance.address, hex(base + 3n), hex(word)]);
    await devnet.rpc('anvil_mine', ['0x1']);
    await open(`governance/${id}`);
    await expect(page.getByText(said)).toBeVisible();
    await expect(panel(page, 'If it were executed')).toContainText('more calls, or more bytes, than endpoints run at once');
    await expect(page.locator('main img')).toHaveCount(0);
    await open('governance');
  }
});

test('a payload that tries something stays text', async ({ page, open, devnet }) => {
  await open(`governance/${proposal(devnet, 'pending').id}`);
  await expect(page.getByText('<img src=x onerror=alert(1)> javascript:alert(1)')).toBeVisible();
  await expect(page.locator('main img')).toHaveCount(0);
  await expect(page.locator('a[href^="javascript"]')).toHaveCount(0);
  await expect(page.getByText('getActions reverts')).toBeVisible();
  await open('governance/999');
  await expect(page.getByText('There is no proposal with this number')).toBeVisible();
});

test('tokens are deposited, vote, and the tally shows it', async ({ page, open, connect, devnet, wallet }) => {
  await be(devnet, wallet, 'whale');
  const { id, createdAt } = proposal(devnet, 'pending');
  await open('governance');
  await connect();
  const power = panel(page, 'Your voting power');
  await power.getByLabel('Amount').fill('10,000,000');
  await power.getByRole('button', { name: 'Review: Deposit 10,000,000 AZTEC into Governance' }).click();
  await runPanel(page).getByRole('button', { name: /^Deposit 10,000,000 .* 2 transactions/ }).click();
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  await expect(power).toContainText('10,000,000');
  expect(await devnet.contracts.governance.read('powerNow', [wallet.account])).toBe(million(10));

  // voting begins three days after the proposal was made
  await devnet.handle.chain.warpTo(createdAt + 3 * 86_400 + 60);
  await page.getByRole('link', { name: `Proposal ${id}`, exact: true }).click();
  const vote = panel(page, 'Your vote');
  await expect(vote).toContainText('10,000,000');
  await vote.getByRole('radio', { name: /^Nay/ }).click();
  await vote.getByLabel('Power to use').fill('11,000,000');
  await expect(vote).toContainText('10,000,000 AZTEC is left');
  await vote.getByRole('button', { name: 'All' }).click();
  await vote.getByRole('button', { name: /^Review: Vote nay/ }).click();
  await runPanel(page).getByRole('button', { name: /^Vote nay/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  const { summedBallot } = await devnet.contracts.governance.read('getProposal', [BigInt(id)]);
  expect(summedBallot).toEqual({ yea: 0n, nay: million(10) });
  const result = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Result so far' }) });
  await expect(result).toContainText('Nay 10,000,000');
  await expect(vote).toContainText('10,000,000 AZTEC have voted');
});

test('a round is submitted, and what was accepted is executed', async ({ page, open, connect, devnet, wallet }) => {
  await be(devnet, wallet, 'solo2');
  await open('governance');
  await connect();
  await page.getByRole('button', { name: 'Submit the round' }).click();
  await runPanel(page).getByRole('button', { name: /^Submit the winner/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(page.getByRole('link', { name: 'Proposal 7', exact: true })).toBeVisible();
  await expect(page.getByText(/Round .* was won/)).toHaveCount(0);
  await page.getByRole('link', { name: 'Proposal 7', exact: true }).click();
  await expect(panel(page, 'Your vote')).toContainText(/stake of 1,200,000 AZTEC will vote yea through the rollup, once somebody triggers its vote, unless you delegate it before/);
  await page.goBack();

  const { id } = proposal(devnet, 'executable');
  await page.getByRole('link', { name: `Proposal ${id}`, exact: true }).click();
  await page.getByRole('button', { name: `Review: Execute proposal ${id}` }).click();
  await runPanel(page).getByRole('button', { name: `Execute proposal ${id}` }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect(await devnet.contracts.governance.read('getProposalState', [BigInt(id)])).toBe(5);
});

test('stake is delegated before the snapshot and votes after it', async ({ page, open, connect, devnet, wallet }) => {
  await be(devnet, wallet, 'solo2');
  const { id, createdAt } = proposal(devnet, 'pending');
  await open(`governance/${id}`);
  await connect();
  await expect(panel(page, 'Your vote')).toContainText('will not vote at all: no sequencers of the current rollup signalled');
  await panel(page, 'Your vote').getByRole('link', { name: 'Choose which' }).click();
  const power = panel(page, 'Your voting power');
  await power.getByRole('button', { name: 'Take its vote' }).first().click();
  await runPanel(page).getByRole('button', { name: /^Delegate the vote/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(power.getByRole('button', { name: 'Give it back to its rollup' })).toHaveCount(1);
  expect(await devnet.contracts.gse.read('getVotingPower', [wallet.account])).toBe(200_000n * TOKEN);

  await devnet.handle.chain.warpTo(createdAt + 3 * 86_400 + 60);
  await page.getByRole('link', { name: `Proposal ${id}`, exact: true }).click();
  const vote = panel(page, 'Your vote');
  await vote.getByLabel('Power to use').fill('50,000');
  await vote.getByRole('button', { name: /^Review: Vote yea/ }).click();
  await expect(runPanel(page)).toContainText('GSE.vote');
  await runPanel(page).getByRole('button', { name: /^Vote yea/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(vote).toContainText('50,000 AZTEC have voted');
  // the GSE emits nothing: that it was this account is known by its plain transaction
  await open(`positions/${wallet.account}`);
  await expect(history(page)).toContainText(`yea on proposal ${id}, with delegated stake`);
});

test('who signalled, earlier rounds, slashing and upgrades are told', async ({ page, open, connect, devnet, wallet }) => {
  await be(devnet, wallet, 'dave');
  await open('governance');
  await connect();
  const signalled = panel(page, 'Who signalled');
  await expect(signalled.getByRole('row').nth(1)).toBeVisible();
  const earlier = panel(page, 'Earlier rounds');
  await expect(earlier).toContainText('Can be submitted');
  await expect(earlier).toContainText('takes signals now');
  const slashing = panel(page, 'Slashing');
  await slashing.getByRole('button', { name: 'Show slashing' }).click();
  await expect(slashing).toContainText('Slashing is possible');
  await expect(slashing).toContainText('No votes in the rounds that could still be executed.');
  const upgrades = panel(page, 'Upgrades');
  await upgrades.getByRole('button', { name: 'Show upgrades' }).click();
  await expect(upgrades).toContainText('Follows upgrades');
  await expect(upgrades).toContainText('left behind');
  await expect(upgrades.getByText(/became canonical/)).toHaveCount(devnet.facts.rollups.length);
  await expect(upgrades.getByRole('row').filter({ hasText: 'Without a provider' })).toBeVisible();
  // what is left on the old rollup, in what that one pays
  const [{ version }] = devnet.facts.rollups;
  const owed = devnet.facts.rewards.accrued.filter(({ rollup }) => rollup === version).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const left = upgrades.getByRole('row').filter({ hasText: `Rollup ${version}` }).filter({ hasText: 'pays out' });
  await expect(left).toContainText((owed / TOKEN).toLocaleString('en'));
  await expect(upgrades).toContainText('Each row is in what that rollup pays in');
});

test('what is owed on old rollups is told to whom it is owed, and to nobody else', async ({ page, open, connect, devnet, wallet }) => {
  const [{ version }] = devnet.facts.rollups;
  const owedTo = (person) => devnet.facts.sequencers
    .filter(({ split }) => split?.recipients[1] === person)
    .map(({ split }) => {
      const owed = devnet.facts.rewards.accrued.find(({ rollup, coinbase }) => rollup === version && coinbase === split.address);
      return BigInt(owed?.amount ?? 0) * BigInt(split.allocations[1]) / 10_000n;
    })
    .reduce((sum, part) => sum + part, 0n);
  const { alice, fresh } = devnet.accounts;
  expect(owedTo(alice.address)).toBeGreaterThan(TOKEN);
  await open('governance');
  const upgrades = panel(page, 'Upgrades');
  await upgrades.getByRole('button', { name: 'Show upgrades' }).click();
  const left = upgrades.getByRole('row').filter({ hasText: `Rollup ${version}` }).filter({ hasText: 'pays out' });
  await expect(left).toBeVisible();
  await expect(upgrades).not.toContainText('Owed to you');
  wallet.account = alice.address;
  await connect();
  await expect(upgrades.getByRole('columnheader', { name: 'Owed to you' })).toBeVisible();
  const own = left.locator('[data-l="Owed to you"]');
  await expect(own).toContainText((owedTo(alice.address) / TOKEN).toLocaleString('en'));
  await wallet.setAccount(fresh.address);
  await expect(own).toHaveText(/^0(\.0+)?\s/);
});

test('all stake is delegated at once, and the default vote is triggered by whoever likes', async ({ page, open, connect, devnet, wallet }) => {
  test.setTimeout(120_000);
  await be(devnet, wallet, 'solo1');
  await open('governance');
  await connect();
  const power = panel(page, 'Your voting power');
  await expect(power.getByRole('button', { name: 'All to yourself' })).toBeEnabled();
  await power.getByLabel('Delegate all to').fill('0x12');
  await expect(power.getByText('Too short: 4 of 42 characters')).toBeVisible();
  await power.getByRole('button', { name: 'All to yourself' }).click();
  // each step waits for a block after the one before
  await devnet.setIntervalMining(1);
  await runPanel(page).getByRole('button', { name: /^Delegate the votes of/ }).click();
  await expect(runPanel(page)).toContainText('6 of 6 confirmed', { timeout: 50_000 });
  await devnet.setIntervalMining(0);
  await devnet.setAutomine(true);
  await expect(runPanel(page)).toContainText('of power moved to');
  await expect(power.getByRole('button', { name: 'All to yourself' })).toBeDisabled();
  await expect(power.getByRole('button', { name: 'All back to their rollup' })).toBeEnabled();
  expect(await devnet.contracts.gse.read('getVotingPower', [wallet.account])).toBeGreaterThan(0n);

  // delegated after the snapshot: it gives nothing on what is being voted on, and Rota says so before signing
  const { id } = proposal(devnet, 'active');
  await page.getByRole('link', { name: `Proposal ${id}`, exact: true }).click();
  const vote = panel(page, 'Your vote');
  await expect(vote).toContainText('Power when voting began. What came later does not count here.');
  await vote.getByLabel('Power to use').fill('1');
  await expect(vote).toContainText('is left');
  await vote.getByRole('button', { name: 'Trigger the default vote' }).click();
  await runPanel(page).getByRole('button', { name: /^Trigger the default vote/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(vote.getByRole('button', { name: 'Trigger the default vote' })).toHaveCount(0);
  const stake = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Votes of staked tokens' }) });
  await expect(stake).toContainText('yea by default');
});

test('a deposit is withdrawn, waits and is paid out', async ({ page, open, connect, devnet, wallet }) => {
  await be(devnet, wallet, 'voter');
  const { id } = proposal(devnet, 'active');
  await open(`governance/${id}`);
  await connect();
  const vote = panel(page, 'Your vote');
  await vote.getByLabel('Power to use').fill('5,000,000');
  await vote.getByRole('button', { name: /^Review: Vote yea/ }).click();
  await runPanel(page).getByRole('button', { name: /^Vote yea/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(vote).toContainText('30,000,000 AZTEC have voted');
  await expect(panel(page, 'Voters')).toContainText('30,000,000');

  await page.getByRole('link', { name: 'Governance', exact: true }).first().click();
  const power = panel(page, 'Your voting power');
  await power.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await power.getByLabel('Amount').fill('200,000,000');
  await expect(power).toContainText('150,000,000 AZTEC is left');
  await power.getByLabel('Amount').fill('2,000,000');
  await power.getByRole('button', { name: /^Review: Begin to withdraw 2,000,000/ }).click();
  await runPanel(page).getByRole('button', { name: /^Begin to withdraw/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(power).toContainText(/2,000,000 AZTEC\s*unlocks/);
  await expect(power.getByRole('button', { name: 'Pay out' })).toHaveCount(0);
  const count = await devnet.contracts.governance.read('withdrawalCount');
  const { unlocksAt } = await devnet.contracts.governance.read('getWithdrawal', [count - 1n]);
  await devnet.handle.chain.warpTo(Number(unlocksAt));
  await power.getByRole('button', { name: 'Pay out' }).click();
  await runPanel(page).getByRole('button', { name: /^Pay out/ }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(power.getByRole('heading', { name: 'Withdrawals to you' })).toHaveCount(0);
});

test('a proposal whose proposer was replaced is dropped; one is proposed with a lock', async ({ page, open, connect, devnet, wallet }) => {
  // governance takes another contract for its proposer
  const { governance, registry, gse } = devnet.contracts;
  const { abi, bytecode } = { abi: await aztecAbi('GovernanceProposer'), bytecode: await aztecCode('GovernanceProposer') };
  const next = await devnet.handle.chain.deploy({ from: DEPLOYER, abi, bytecode, args: [registry.address, gse.address, 60n, 100n] });
  await devnet.rpc('anvil_impersonateAccount', [governance.address]);
  await devnet.rpc('anvil_setBalance', [governance.address, '0xde0b6b3a7640000']);
  await governance.send(governance.address, 'updateGovernanceProposer', [next]);
  await be(devnet, wallet, 'voter');
  const { id } = proposal(devnet, 'active');
  await open(`governance/${id}`);
  await connect();
  await expect(page.getByText('Its proposer was replaced').or(page.getByText('its proposer was replaced')).first()).toBeVisible();
  await page.getByRole('button', { name: `Review: Drop proposal ${id}` }).click();
  await runPanel(page).getByRole('button', { name: `Drop proposal ${id}` }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect(await governance.read('getProposalState', [BigInt(id)])).toBe(7);

  await open('governance');
  const lock = panel(page, 'Propose without signals');
  await expect(lock).toContainText('258,750,000 AZTEC for 90 d');
  await lock.getByRole('button', { name: 'Propose with a lock' }).click();
  await lock.getByLabel('Payload').fill(devnet.facts.hostilePayloads.many);
  await lock.getByRole('button', { name: 'Use this account' }).click();
  await expect(lock).toContainText(/Needs 258,750,000 AZTEC|needs 258,750,000 AZTEC/i);
});

test('a payload is proposed with a lock, and the receipt says so', async ({ page, open, connect, devnet, wallet }) => {
  await be(devnet, wallet, 'voter');
  const { token, governance } = devnet.contracts;
  const lock = 258_750_000n * TOKEN;
  await devnet.rpc('anvil_impersonateAccount', [DEPLOYER]);
  await token.send(DEPLOYER, 'mint', [wallet.account, lock]);
  await open('governance');
  await connect();
  const form = panel(page, 'Propose without signals');
  await form.getByRole('button', { name: 'Propose with a lock' }).click();
  await expect(form).toContainText('258,750,000 AZTEC');
  await expect(form).toContainText('Can be paid back, if proposed now');
  await expect(form).toContainText('A lock cannot be ended early');
  // an account without a vault is not asked whose tokens
  await expect(form.getByRole('radio')).toHaveCount(0);
  await form.getByLabel('Payload').fill(devnet.facts.contracts.token.slice(0, 41));
  await expect(form).toContainText('Too short: 41 of 42 characters');
  const payload = devnet.facts.hostilePayloads.many;
  await form.getByLabel('Payload').fill(payload);
  await form.getByRole('button', { name: 'Use this account' }).click();
  await form.getByRole('button', { name: /^Review: Propose 0x/ }).click();
  const run = runPanel(page);
  await expect(run).toContainText('GSE.proposeWithLock');
  await expect(run).toContainText('Gets the locked tokens back');
  await run.getByRole('button', { name: /^Propose 0x/ }).click();
  await expect(run).toContainText('2 of 2 confirmed');
  const id = Number(await governance.read('proposalCount')) - 1;
  await expect(run).toContainText(new RegExp(`Proposal ${id} was made\\. 258,750,000 AZTEC are locked as withdrawal \\d+ and return to 0x`));
  const made = await governance.read('getProposal', [BigInt(id)]);
  expect(made.payload).toBe(payload);
  expect(made.proposer).toBe(governance.address);
  await page.getByRole('link', { name: `Proposal ${id}`, exact: true }).click();
  await expect(page.getByText(/258,750,000.* are locked as withdrawal/)).toBeVisible();
});

test('an account without code is no payload; a vault proposes through its staker', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.vested.address;
  const { vault } = devnet.facts.vaults.find(({ name }) => name === 'not claimable');
  // the node sends with less gas than it estimates when asked; wallets ask, and add half of it
  wallet.mood = async (transaction) => {
    const gas = BigInt(await devnet.rpc('eth_estimateGas', [transaction])) * 3n / 2n;
    return { result: await devnet.rpc('eth_sendTransaction', [{ ...transaction, gas: `0x${gas.toString(16)}` }]) };
  };
  await devnet.rpc('anvil_impersonateAccount', [DEPLOYER]);
  await devnet.contracts.token.send(DEPLOYER, 'mint', [vault, 258_750_000n * TOKEN]);
  await open('governance');
  await connect();
  const form = panel(page, 'Propose without signals');
  await form.getByRole('button', { name: 'Propose with a lock' }).click();
  const ofVault = form.getByRole('radio', { name: new RegExp(`^Vault ${vault.slice(0, 6)}`) });
  await ofVault.check();
  // another account has other vaults: what this one chose is not its choice
  await wallet.setAccount(devnet.accounts.voter.address);
  await expect(ofVault).toHaveCount(0);
  await expect(form.getByLabel('Lock returns to')).toBeVisible();
  await wallet.setAccount(devnet.accounts.vested.address);
  await expect(ofVault).toBeChecked();
  await expect(form).toContainText('The review names the address before you sign');
  await form.getByLabel('Payload').fill(wallet.account);
  await form.getByRole('button', { name: /^Review: Propose 0x/ }).click();
  await expect(runPanel(page)).toContainText('There is no contract at');
  await runPanel(page).getByRole('button', { name: /^(Cancel|Close|Discard|Put away)/ }).first().click();
  await form.getByLabel('Payload').fill(devnet.facts.hostilePayloads.many);
  await form.getByRole('button', { name: /^Review: Propose 0x/ }).click();
  const run = runPanel(page);
  await expect(run).toContainText('proposeWithLock');
  await run.getByRole('button', { name: /^Propose 0x/ }).click();
  await expect(run).toContainText('3 of 3 confirmed');
  await expect(run).toContainText(`return to ${vault.slice(0, 6)}`);
  const id = Number(await devnet.contracts.governance.read('proposalCount')) - 1;
  await open(`positions/${wallet.account}`);
  await expect(history(page)).toContainText(`Proposal: number ${id} with a lock`);
  await expect(history(page)).toContainText('by vault staker');
});

test('a node operator gets the exact way to signal', async ({ page, open, devnet }) => {
  await open('governance');
  const signal = panel(page, 'Signal with your node');
  await signal.getByRole('button', { name: /^Payload 0x/ }).first().click();
  const { payload } = devnet.facts.signalling.running.payloads[0];
  await expect(signal).toContainText(`GOVERNANCE_PROPOSER_PAYLOAD_ADDRESS=${payload}`);
  await expect(signal).toContainText('aztecAdmin_setConfig');
  await expect(signal.getByRole('button', { name: /^Copy: Configuration/ })).toHaveAttribute('data-copy', `GOVERNANCE_PROPOSER_PAYLOAD_ADDRESS=${payload}`);
});
