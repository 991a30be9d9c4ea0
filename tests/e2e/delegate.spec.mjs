import { encodeFunctionData } from 'viem/utils';
import { delegatePanel, expect, runPanel, test } from './support/fixtures.mjs';

const ONE = 200_000n * 10n ** 18n;

const balance = (devnet, account) => devnet.contracts.token.read('balanceOf', [account]);
const allowance = (devnet, account) =>
  devnet.contracts.token.read('allowance', [account, devnet.facts.contracts.stakingRegistry]);
const review = (page) => delegatePanel(page).getByRole('button', { name: /^Review/ }).click();
const sign = (page) => runPanel(page).getByRole('button', { name: /^Delegate/ }).click();
const queued = async (devnet, account) => {
  const rollup = devnet.handle.canonical.contract;
  const length = Number(await rollup.read('getEntryQueueLength'));
  const all = await Promise.all([...Array(length).keys()].map((i) => rollup.read('getEntryQueueAt', [BigInt(i)])));
  return all.filter(({ withdrawer }) => withdrawer.toLowerCase() === account.toLowerCase()).length;
};

test('a wallet that never answers can be asked again', async ({ page, open, wallet }) => {
  wallet.mood = 'silent';
  await open('providers/1');
  await page.getByRole('button', { name: /^Connect\b/ }).first().click();
  const picker = page.getByRole('dialog', { name: 'Connect a wallet' });
  const asked = picker.getByRole('button', { name: new RegExp(wallet.name) });
  await asked.click();
  await expect(asked).toContainText('Asked');
  wallet.mood = 'sign';
  await asked.click();
  await expect(picker).toBeHidden();
  await page.getByRole('button', { name: /^Wallet 0x/ }).click();
  await page.getByRole('button', { name: 'Change' }).click();
  await expect(asked).toContainText('Connected');
  await expect(picker.getByLabel('Watch an address')).toHaveCount(0);
});

test('a delegator stakes with one sequencer', async ({ page, open, connect, devnet, wallet }) => {
  await open('providers/2');
  await connect();
  await expect(delegatePanel(page)).toContainText('6 open, you can fund 10');
  await expect(delegatePanel(page)).toContainText('9 d 14 h');
  await review(page);
  const panel = runPanel(page);
  await expect(panel).toContainText('Simulated OK');
  await expect(panel).toContainText('StakingRegistry may take 200,000 AZTEC, no more');
  await expect(panel).toContainText('−200,000 AZTEC You');
  await expect(panel).toContainText('8.00 %. Reverts at any other commission');
  expect(wallet.signings).toHaveLength(0);
  await sign(page);
  await expect(panel).toContainText('2 of 2 confirmed');
  await expect(panel).toContainText('waits in the entry queue');
  expect(await balance(devnet, wallet.account)).toBe(9n * ONE);
  expect(await allowance(devnet, wallet.account)).toBe(0n);
  expect(await queued(devnet, wallet.account)).toBe(1);
  expect(wallet.signings).toHaveLength(2);
  await expect(page.getByText('Yours', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'All 9' })).toBeVisible();
});

test('what is signed is what was shown', async ({ page, open, connect, wallet }) => {
  await open('providers/1');
  await connect();
  await review(page);
  const shown = await runPanel(page).getByLabel(/^Calldata/).allTextContents();
  await sign(page);
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  const signed = wallet.signings.map(({ params: [transaction] }) => transaction.data);
  expect(signed).toEqual(shown.map((text) => text.replaceAll('\n', '')));
});

test('a delegator stakes with three sequencers in one run, with one exact approval', async ({ page, open, connect, devnet, wallet }) => {
  await open('providers/1');
  await connect();
  await delegatePanel(page).getByRole('button', { name: '3 sequencers' }).click();
  await expect(delegatePanel(page)).toContainText('600,000');
  await review(page);
  await sign(page);
  await expect(runPanel(page)).toContainText('4 of 4 confirmed');
  expect(await balance(devnet, wallet.account)).toBe(7n * ONE);
  expect(await allowance(devnet, wallet.account)).toBe(0n);
  expect(await queued(devnet, wallet.account)).toBe(3);
});

test('stake and rewards can go to other addresses, and stay on this rollup if one likes', async ({ page, open, connect, devnet, wallet }) => {
  const { whale, fresh } = devnet.accounts;
  await open('providers/3');
  await connect();
  const panel = delegatePanel(page);
  await panel.getByRole('radio', { name: /Another address/ }).first().check();
  await panel.getByLabel('Stake returns to: address').fill('0x1234');
  await expect(panel).toContainText('Too short: 6 of 42 characters');
  await expect(panel.getByRole('button', { name: 'Enter the address above' })).toBeDisabled();
  await panel.getByLabel('Stake returns to: address').fill(whale.address);
  await panel.getByRole('radio', { name: /Another address/ }).last().check();
  await panel.getByLabel('Rewards go to: address').fill(fresh.address);
  await panel.getByRole('checkbox', { name: /Follow rollup upgrades/ }).uncheck();
  await review(page);
  await expect(runPanel(page)).toContainText('Stays on this rollup');
  await sign(page);
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  expect(await queued(devnet, whale.address)).toBe(1);
  expect(await queued(devnet, wallet.account)).toBe(0);
});

test('an allowance that is enough is not given again', async ({ page, open, connect, devnet, wallet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await expect(delegatePanel(page)).toContainText('1, the allowance is enough');
  await review(page);
  await sign(page);
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
});

test('a commission that changes before signing is caught, and the wallet stays shut', async ({ page, open, connect, devnet, wallet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  await expect(runPanel(page)).toContainText('Simulated OK');
  await devnet.actions.setTakeRate({ provider: 1, takeRate: 900 });
  await sign(page);
  await expect(runPanel(page)).toContainText('Provider 1 changed its commission from 5.00 % to 9.00 %.');
  await expect(runPanel(page)).toContainText('Nothing was staked.');
  await expect(runPanel(page)).toContainText('StakingRegistry__UnexpectedTakeRate(500, 900)');
  expect(wallet.signings).toHaveLength(0);
  // the panel already offers the new terms
  await expect(delegatePanel(page)).toContainText('91.00 %');
});

test('a commission that changes after signing reverts, and that is told as a failure', async ({ page, open, connect, devnet, wallet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  wallet.mood = async (transaction) => {
    // both wait for the same block; the change pays more and goes first
    await devnet.setAutomine(false);
    const hash = await devnet.rpc('eth_sendTransaction', [{ ...transaction, gas: '0xf4240' }]);
    const { admin } = devnet.facts.providers[0];
    const { abi, address } = devnet.contracts.stakingRegistry;
    const data = encodeFunctionData({ abi, functionName: 'updateProviderTakeRate', args: [1n, 900] });
    await devnet.rpc('anvil_impersonateAccount', [admin]);
    await devnet.rpc('eth_sendTransaction', [{ from: admin, to: address, data, gas: '0x30d40', gasPrice: '0x174876e800' }]);
    await devnet.mine(1);
    await devnet.setAutomine(true);
    return { result: hash };
  };
  await sign(page);
  const panel = runPanel(page);
  await expect(panel).toContainText('reverted in block');
  await expect(panel).toContainText('Provider 1 changed its commission from 5.00 % to 9.00 %.');
  await expect(panel).toContainText('0 of 1 confirmed');
  await expect(panel).not.toContainText('Confirmed');
  await expect(page.locator('.toast').filter({ hasText: 'Done' })).toHaveCount(0);
  expect(await balance(devnet, wallet.account)).toBe(10n * ONE);
});

test('a used key at the head of the queue is refused with the reason', async ({ page, open, connect }) => {
  await open('providers/6');
  await connect();
  await expect(delegatePanel(page).getByRole('alert')).toContainText('was staked with before');
  await expect(delegatePanel(page).getByRole('alert')).toContainText('come back days later');
  await expect(delegatePanel(page).getByRole('button', { name: 'Cannot delegate now' })).toBeDisabled();
  await expect(page.getByText('A bad key is next')).toBeVisible();
});

test('a key that is used between review and signing is refused too', async ({ page, open, connect, devnet, wallet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  await expect(runPanel(page)).toContainText('Simulated OK');
  // somebody takes the good keys: what is next then is a key that is queued already
  const { keys } = await devnet.actions.addKeys({ provider: 4, count: 1 });
  await devnet.actions.dripKeys({ provider: 1, count: 8 });
  await devnet.actions.addKeys({ provider: 1, keys });
  await devnet.actions.selfStake({ from: devnet.accounts.whale.address, key: keys[0] });
  await sign(page);
  await expect(runPanel(page)).toContainText('waits in the entry queue of rollup');
  expect(wallet.signings).toHaveLength(0);
});

test('an empty key queue offers no delegation', async ({ page, open, connect }) => {
  await open('providers/5');
  await connect();
  await expect(delegatePanel(page).getByRole('alert')).toContainText('This provider has no keys left.');
  await expect(delegatePanel(page).getByRole('button', { name: 'Cannot delegate now' })).toBeDisabled();
});

test('too few tokens are told with both amounts', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.poor.address;
  await open('providers/1');
  await connect();
  await expect(delegatePanel(page).getByRole('alert')).toContainText('Needs 200,000 AZTEC. Your account holds 150,000 AZTEC.');
});

test('no ether for the gas is told before the wallet opens', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.penniless.address;
  await open('providers/1');
  await connect();
  await review(page);
  await expect(runPanel(page)).toContainText('The account cannot pay for the gas');
  await expect(runPanel(page).getByRole('button', { name: 'Check again' })).toBeVisible();
  expect(wallet.signings).toHaveLength(0);
});

test('a rejected signature loses nothing and can be asked for again', async ({ page, open, connect, wallet, devnet }) => {
  await open('providers/1');
  await connect();
  await review(page);
  wallet.mood = 'reject';
  await sign(page);
  await expect(runPanel(page)).toContainText('You rejected the request.');
  wallet.mood = 'sign';
  await runPanel(page).getByRole('button', { name: 'Ask again' }).click();
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('a run stopped half-way can go on, or give its allowance back', async ({ page, open, connect, wallet, devnet }) => {
  await open('providers/1');
  await connect();
  await delegatePanel(page).getByRole('button', { name: '2 sequencers' }).click();
  await review(page);
  await devnet.setAutomine(false);
  await sign(page);
  await expect(runPanel(page)).toContainText('Pending');
  await runPanel(page).getByRole('button', { name: 'Stop after this one' }).click();
  await devnet.mine(1);
  await devnet.setAutomine(true);
  await expect(runPanel(page)).toContainText('Stopped here, as you asked.');
  expect(await allowance(devnet, wallet.account)).toBe(2n * ONE);
  await runPanel(page).getByRole('button', { name: 'Take its allowance back' }).click();
  const back = page.getByRole('region', { name: 'Take the allowance back' });
  await back.getByRole('button', { name: 'Take the allowance back' }).click();
  await expect(back).toContainText('1 of 1 confirmed');
  // the run itself stays until somebody closes it
  await expect(page.locator('section.run')).toHaveCount(2);
  expect(await allowance(devnet, wallet.account)).toBe(0n);
  expect(await queued(devnet, wallet.account)).toBe(0);
});

test('a transaction that is sped up in the wallet is followed', async ({ page, open, connect, wallet, devnet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  await devnet.setAutomine(false);
  let faster;
  wallet.mood = async (transaction) => {
    const nonce = await devnet.rpc('eth_getTransactionCount', [wallet.account, 'latest']);
    const hash = await devnet.rpc('eth_sendTransaction', [{ ...transaction, nonce, gas: '0xf4240', gasPrice: '0x77359400' }]);
    faster = () => devnet.rpc('eth_sendTransaction', [{ ...transaction, nonce, gas: '0xf4240', gasPrice: '0x174876e800' }]);
    return { result: hash };
  };
  await sign(page);
  await expect(runPanel(page)).toContainText('Pending');
  const second = await faster();
  await devnet.mine(1);
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(runPanel(page).locator(`[title="${second}"]`)).toBeVisible();
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('a transaction that is cancelled in the wallet is told as such', async ({ page, open, connect, wallet, devnet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  await devnet.setAutomine(false);
  let cancel;
  wallet.mood = async (transaction) => {
    const nonce = await devnet.rpc('eth_getTransactionCount', [wallet.account, 'latest']);
    const hash = await devnet.rpc('eth_sendTransaction', [{ ...transaction, nonce, gas: '0xf4240', gasPrice: '0x77359400' }]);
    cancel = () => devnet.rpc('eth_sendTransaction', [{ from: wallet.account, to: wallet.account, value: '0x0', nonce, gasPrice: '0x174876e800' }]);
    return { result: hash };
  };
  await sign(page);
  await expect(runPanel(page)).toContainText('Pending');
  await cancel();
  await devnet.mine(1);
  await expect(runPanel(page)).toContainText('The transaction was cancelled in the wallet');
  await expect(runPanel(page)).toContainText('0 of 1 confirmed');
  expect(await queued(devnet, wallet.account)).toBe(0);
  wallet.mood = 'sign';
  await devnet.setAutomine(true);
  await runPanel(page).getByRole('button', { name: 'Try again' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('a transaction that is lost is told by its nonce, and sent again in its place', async ({ page, open, connect, wallet, devnet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  await devnet.setAutomine(false);
  await sign(page);
  await expect(runPanel(page)).toContainText('Pending');
  const nonce = Number(await devnet.rpc('eth_getTransactionCount', [wallet.account, 'latest']));
  await devnet.rpc('anvil_dropAllTransactions');
  await expect(runPanel(page)).toContainText('No endpoint shows the transaction yet.');
  await expect(runPanel(page).getByRole('button', { name: 'Send again' })).toHaveCount(0);
  await devnet.setAutomine(true);
  await devnet.mine(50);
  await runPanel(page).getByRole('button', { name: 'Send again, same nonce' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect(Number(wallet.signings.at(-1).params[0].nonce)).toBe(nonce);
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('a wallet on another network is told, switched and goes on', async ({ page, open, connect, wallet }) => {
  wallet.chainId = 1;
  await open('providers/1');
  await connect();
  await expect(page.getByText('Your wallet is on Ethereum')).toBeVisible();
  await review(page);
  await expect(runPanel(page).getByRole('button', { name: 'Switch your wallet to a local chain' })).toBeDisabled();
  await page.getByRole('button', { name: 'Switch to a local chain' }).click();
  await expect(page.getByText('Your wallet is on Ethereum')).toBeHidden();
  await sign(page);
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
});

test('a switch that fails is told where it was asked for', async ({ page, open, connect, wallet }) => {
  wallet.chainId = 1;
  await open('providers/1');
  await connect();
  wallet.mood = 'reject';
  await page.getByRole('button', { name: 'Switch to a local chain' }).click();
  await expect(page.locator('.banner', { hasText: 'Your wallet is on Ethereum' })).toContainText('You rejected the request.');
});

test('a wallet that fails to say its accounts stays connected and is asked again', async ({ page, open, connect, wallet, devnet }) => {
  await open('providers/1');
  await connect();
  const answer = wallet.answer.bind(wallet);
  let hiccups = 2;
  wallet.answer = async (method, params) => {
    if (method === 'eth_accounts' && hiccups-- > 0) return { error: { code: -32603, message: 'Internal error' } };
    return answer(method, params);
  };
  await wallet.setAccount(devnet.accounts.whale.address);
  await expect.poll(() => hiccups).toBeLessThan(2);
  await expect(page.getByRole('button', { name: /^Wallet 0x/ })).toBeVisible();
  await expect(page.getByRole('button', { name: `Wallet ${devnet.accounts.whale.address.slice(0, 6)}` })).toBeVisible();
});

test('a wallet that takes its time at a reload does not win over what was chosen meanwhile', async ({ page, open, connect, wallet }) => {
  await open();
  await connect();
  const answer = wallet.answer.bind(wallet);
  let late;
  wallet.answer = async (method, params) => {
    if (method === 'eth_accounts' && !late) await new Promise((resolve) => { late = resolve; });
    return answer(method, params);
  };
  await page.reload();
  await expect.poll(() => Boolean(late)).toBe(true);
  // connected by hand before the silent attempt is answered, and left again
  await connect();
  await page.getByRole('button', { name: /^Wallet 0x/ }).click();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByRole('button', { name: /^Connect\b/ })).toBeVisible();
  late();
  await page.waitForTimeout(1_000);
  await expect(page.getByRole('button', { name: /^Connect\b/ })).toBeVisible();
});

test('an account that is switched between review and signing stops the run', async ({ page, open, connect, wallet, devnet }) => {
  await open('providers/1');
  await connect();
  await review(page);
  await expect(runPanel(page)).toContainText('Simulated OK');
  await wallet.setAccount(devnet.accounts.whale.address);
  await expect(runPanel(page)).toContainText('Your wallet is on 0x');
  await expect(runPanel(page)).toContainText('Nothing more was signed');
  expect(wallet.signings).toHaveLength(0);
});

test('an account that is switched between two steps stops the run', async ({ page, open, connect, wallet, devnet }) => {
  const first = wallet.account;
  await open('providers/1');
  await connect();
  await review(page);
  wallet.mood = async (transaction) => {
    const hash = await devnet.rpc('eth_sendTransaction', [transaction]);
    await wallet.setAccount(devnet.accounts.whale.address);
    return { result: hash };
  };
  await sign(page);
  await expect(runPanel(page)).toContainText('1 of 2 confirmed');
  await expect(runPanel(page)).toContainText('this was made for');
  expect(wallet.signings).toHaveLength(1);
  wallet.mood = 'sign';
  await wallet.setAccount(first);
  await runPanel(page).getByRole('button', { name: 'Check again' }).click();
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
});

test('a reload while a transaction is pending finds it again, and signs nothing without a new review', async ({ page, open, connect, wallet, devnet }) => {
  await open('providers/1');
  await connect();
  await review(page);
  await devnet.setAutomine(false);
  await sign(page);
  await expect(runPanel(page)).toContainText('Pending');
  await page.reload();
  await expect(runPanel(page)).toContainText('Pending');
  await devnet.mine(1);
  await devnet.setAutomine(true);
  await expect(runPanel(page)).toContainText('1 of 2 confirmed');
  await expect(runPanel(page)).toContainText('The page was loaded again before this step.');
  expect(wallet.signings).toHaveLength(1);
  await runPanel(page).getByRole('button', { name: 'Go on' }).click();
  await expect(runPanel(page)).toContainText('Review');
  await sign(page);
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  expect(wallet.signings).toHaveLength(2);
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('a page that is closed while the wallet is open finds what was signed meanwhile', async ({ page, open, connect, wallet, devnet }) => {
  await devnet.contracts.token.send(wallet.account, 'approve', [devnet.facts.contracts.stakingRegistry, ONE]);
  await open('providers/1');
  await connect();
  await review(page);
  let signNow;
  wallet.mood = (transaction) => new Promise((resolve) => {
    signNow = async () => resolve({ result: await devnet.rpc('eth_sendTransaction', [transaction]) });
  });
  await sign(page);
  await expect(runPanel(page)).toContainText('In your wallet');
  await page.reload();
  await expect(runPanel(page)).toContainText('Whether your wallet sent this is not known');
  await signNow();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('two tabs do not carry one run on twice', async ({ page, context, open, connect, wallet, devnet, site }) => {
  await open('providers/1');
  await connect();
  await review(page);
  await devnet.setAutomine(false);
  await sign(page);
  await expect(runPanel(page)).toContainText('Pending');
  const second = await context.newPage();
  await second.goto(`${site.url}#/aztec-local/providers/1`);
  await expect(runPanel(second)).toContainText('Pending');
  await devnet.mine(1);
  await devnet.setAutomine(true);
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  await expect(runPanel(second)).toContainText('1 of 2 confirmed');
  // it looks at what the other one did before it asks for anything
  await runPanel(second).getByRole('button', { name: 'Go on' }).click();
  await expect(runPanel(second)).toContainText('2 of 2 confirmed');
  expect(wallet.signings).toHaveLength(2);
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('an endpoint that cannot simulate says so before signing, and each step is still checked', async ({ page, open, connect, endpoint, devnet, wallet }) => {
  endpoint.addFault({ fault: 'missingMethod', methods: ['eth_simulateV1'] });
  await open('providers/1');
  await connect();
  await review(page);
  await expect(runPanel(page)).toContainText('Not simulated');
  await expect(runPanel(page)).toContainText('It is simulated right before you sign it.');
  await sign(page);
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  expect(await queued(devnet, wallet.account)).toBe(1);
});

test('any address can be watched without a wallet, and a link keeps it', async ({ page, open, devnet, wallet }) => {
  const address = devnet.accounts.whale.address;
  await open(`providers/1?watch=${address}`);
  await expect(page.getByRole('button', { name: `Watching ${address.slice(0, 6)}` })).toBeVisible();
  await expect(delegatePanel(page)).toContainText('you can fund');
  await review(page);
  await expect(runPanel(page)).toContainText('Simulated OK');
  await expect(runPanel(page).getByRole('button', { name: 'Connect the wallet to sign' })).toBeDisabled();
  expect(wallet.signings).toHaveLength(0);
});

test('a reload connects the same wallet silently', async ({ page, open, connect, wallet }) => {
  await open();
  await connect();
  await page.reload();
  await expect(page.getByRole('button', { name: /^Wallet 0x/ })).toBeVisible();
  expect(wallet.asked.filter(({ method }) => method === 'eth_requestAccounts')).toHaveLength(1);
  await page.getByRole('button', { name: /^Wallet 0x/ }).click();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.reload();
  await expect(page.getByRole('button', { name: /^Connect\b/ })).toBeVisible();
});

test('a wallet that refuses to connect is told', async ({ page, open, wallet }) => {
  wallet.mood = 'reject';
  await open();
  await page.getByRole('button', { name: /^Connect\b/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /Test Wallet/ }).click();
  await expect(page.getByRole('dialog')).toContainText('You rejected the request.');
});
