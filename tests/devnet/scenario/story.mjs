/**
 * The scenario's pen: does a deed on the chain and writes down, apart from the chain, what must hold afterwards.
 *
 * What it writes become the facts that tests compare the app with. None of it is read back from the contracts that the
 * deed touched, except what only they can know: addresses they chose, and when a transaction happened.
 */
import * as actions from '../actions/index.mjs';
import {
  ACTIVATION_THRESHOLD, DAY, EXIT_DELAY, GOVERNANCE_WITHDRAWAL_DELAY, LOCAL_EJECTION_THRESHOLD,
} from '../parameters.mjs';
import { RewardsBook } from './rewards-book.mjs';

/** @typedef {`0x${string}`} Address */
/** @typedef {{ block: number, timestamp: number, transaction: `0x${string}` }} Moment */

/**
 * @typedef {object} Sequencer one stake: a delegation, or without a provider
 * @property {Address} attester
 * @property {Address} withdrawer
 * @property {Address} sender who paid
 * @property {number | null} provider
 * @property {Address | null} split
 * @property {import('../actions/rewards.mjs').Split | null} parameters
 * @property {bigint} stakedOn version of the rollup
 * @property {boolean} movesWithLatest
 * @property {bigint} rollup version of the rollup on which it stands now
 * @property {'queued' | 'validating' | 'exiting' | 'zombie' | 'finalised' | 'failed'} status
 * @property {bigint} balance what it stakes now
 * @property {bigint} slashed
 * @property {string | null} failure why the flush refuses it
 * @property {Exit | null} exit
 * @property {Moment} staked
 *
 * @typedef {object} Exit
 * @property {number} startedAt
 * @property {number} exitableAt when the rollup lets go
 * @property {number} unlocksAt when governance lets go
 * @property {bigint} amount
 * @property {Address | null} recipient nobody yet for a zombie
 */

export class Story {
  /** @type {Sequencer[]} */
  sequencers = [];
  /** @type {any[]} by position: the id less one */
  providers = [];
  /** @type {Sequencer[]} */
  queue = [];
  /** @type {any[]} */
  proposals = [];
  /** Payloads whose answers are too much, by what they are. */
  hostilePayloads = {};
  /** Rounds in which something was signalled. */
  signalling = { won: null, running: null };
  rewards = new RewardsBook();
  /** @type {any[]} token vaults */
  vaults = [];

  /**
   * @param {import('../network.mjs').Network} network
   * @param {import('../deploy.mjs').RollupCode} rollupCode
   * @param {number} end the time at which the story must have ended, in seconds
   */
  constructor(network, rollupCode, end) {
    this.network = network;
    this.rollupCode = rollupCode;
    this.end = end;
  }

  /** @param {string} name @returns {Address} */
  address(name) {
    return this.network.address(name);
  }

  /** Takes the chain to so many days before the end. @param {number} days */
  async daysBefore(days) {
    await this.network.chain.warpTo(Math.floor(this.end - days * DAY));
  }

  // --- providers ---

  /** @param {{ name: string, admin: Address, takeRate: number, recipient: Address }} provider */
  async registerProvider({ name, admin, takeRate, recipient }) {
    const { id, receipt } = await actions.registerProvider(this.network, { admin, takeRate, recipient });
    this.providers.push({
      id: Number(id), name, admin, pendingAdmin: null, takeRate, recipient, queue: [], firstIndex: 1, history: [],
    });
    await this.#note(id, receipt, { event: 'registered', admin, takeRate, recipient });
  }

  /** @param {number} id @param {{ count?: number, keys?: import('../keys.mjs').SequencerKey[] }} what */
  async addKeys(id, what) {
    const { keys, receipt } = await actions.addKeys(this.network, { provider: id, ...what });
    const attesters = keys.map(({ attester }) => attester);
    this.provider(id).queue.push(...attesters);
    await this.#note(id, receipt, { event: 'keysAdded', attesters });
  }

  /** @param {number} id @param {number} count */
  async dripKeys(id, count) {
    const { receipt } = await actions.dripKeys(this.network, { provider: id, count });
    const attesters = Array.from({ length: count }, () => this.#popKey(id));
    await this.#note(id, receipt, { event: 'keysDripped', attesters });
  }

  /** @param {number} id @param {number} takeRate */
  async setTakeRate(id, takeRate) {
    const receipt = await actions.setTakeRate(this.network, { provider: id, takeRate });
    await this.#note(id, receipt, { event: 'takeRate', from: this.provider(id).takeRate, to: takeRate });
    this.provider(id).takeRate = takeRate;
  }

  /** @param {number} id @param {Address} recipient */
  async setRewardsRecipient(id, recipient) {
    const receipt = await actions.setRewardsRecipient(this.network, { provider: id, recipient });
    await this.#note(id, receipt, { event: 'recipient', from: this.provider(id).recipient, to: recipient });
    this.provider(id).recipient = recipient;
  }

  /** @param {number} id @param {Address} admin */
  async proposeAdmin(id, admin) {
    const receipt = await actions.proposeAdmin(this.network, { provider: id, admin });
    await this.#note(id, receipt, { event: 'adminProposed', to: admin });
    this.provider(id).pendingAdmin = admin;
  }

  /** @param {number} id */
  provider(id) {
    return this.providers[id - 1];
  }

  // --- staking ---

  /**
   * @param {object} delegation
   * @param {string} delegation.from a name
   * @param {number} delegation.provider
   * @param {string} [delegation.withdrawer] a name: the sender
   * @param {string} [delegation.recipient] a name: the withdrawer
   * @param {boolean} [delegation.move]
   * @param {string} [delegation.failure] why the flush will refuse it
   * @returns {Promise<Sequencer>}
   */
  async delegate({ from, provider: id, withdrawer = from, recipient = withdrawer, move = true, failure = null }) {
    const { split, receipt } = await actions.stake(this.network, {
      from: this.address(from),
      provider: id,
      withdrawer: this.address(withdrawer),
      recipient: this.address(recipient),
      move,
    });
    const { takeRate, recipient: providerRecipient } = this.provider(id);
    return this.#enqueue({
      attester: this.#popKey(id),
      withdrawer: this.address(withdrawer),
      sender: this.address(from),
      provider: id,
      split,
      parameters: actions.splitParameters({
        provider: providerRecipient, delegator: this.address(recipient), takeRate,
      }),
      movesWithLatest: move,
      failure,
    }, receipt);
  }

  /** @param {{ from: string, move?: boolean }} stake @returns {Promise<Sequencer>} */
  async selfStake({ from, move = true }) {
    const { attester, receipt } = await actions.selfStake(this.network, { from: this.address(from), move });
    return this.#enqueue({
      attester,
      withdrawer: this.address(from),
      sender: this.address(from),
      provider: null,
      split: null,
      parameters: null,
      movesWithLatest: move,
      failure: null,
    }, receipt);
  }

  /** Epochs pass until all who wait are in or refused. */
  async drainQueue() {
    await actions.drainQueue(this.network);
    for (const sequencer of this.queue) {
      sequencer.status = sequencer.failure ? 'failed' : 'validating';
      sequencer.balance = sequencer.failure ? 0n : ACTIVATION_THRESHOLD;
    }
    this.queue = [];
  }

  /** @param {bigint} version of the rollup that has become canonical: stake follows it that was to follow */
  followUpgrade(version) {
    for (const sequencer of this.sequencers) if (sequencer.movesWithLatest) sequencer.rollup = version;
  }

  // --- leaving ---

  /** @param {Sequencer} sequencer @param {string} [recipient] a name: the withdrawer */
  async startExit(sequencer, recipient) {
    const { attester, withdrawer, balance: amount } = sequencer;
    const to = recipient ? this.address(recipient) : withdrawer;
    const { startedAt } = await actions.startExit(this.network, {
      attester, recipient: to, version: sequencer.rollup,
    });
    Object.assign(sequencer, { status: 'exiting', balance: 0n, exit: exitFrom(startedAt, amount, to) });
  }

  /** @param {Sequencer} sequencer */
  async finishExit(sequencer) {
    await actions.finishExit(this.network, { attester: sequencer.attester, version: sequencer.rollup });
    sequencer.status = 'finalised';
  }

  /** @param {Sequencer} sequencer @param {bigint} amount */
  async slash(sequencer, amount) {
    const { slashedAt } = await actions.slash(this.network, {
      attester: sequencer.attester, amount, version: sequencer.rollup,
    });
    const rest = sequencer.balance - amount;
    sequencer.slashed += amount;
    if (rest >= LOCAL_EJECTION_THRESHOLD) sequencer.balance = rest;
    else Object.assign(sequencer, { status: 'zombie', balance: 0n, exit: exitFrom(slashedAt, rest, null) });
  }

  // --- rewards ---

  /** @param {Sequencer} sequencer @param {bigint} amount @param {bigint} [version] the rollup it stands on */
  async accrue({ split, rollup }, amount, version = rollup) {
    await actions.accrue(this.network, { coinbase: split, amount, version });
    this.rewards.accrue(version, split, amount);
  }

  /** @param {Sequencer} sequencer @param {bigint} [version] the rollup it stands on */
  async claim({ split, rollup }, version = rollup) {
    await actions.claim(this.network, { coinbase: split, version });
    this.rewards.claim(version, split);
  }

  /** @param {Sequencer} sequencer */
  async distribute({ split, parameters }) {
    await actions.distribute(this.network, { split, parameters });
    this.rewards.distribute(split, parameters);
  }

  /** @param {Address} owner */
  async withdraw(owner) {
    await actions.withdraw(this.network, { owner });
    this.rewards.withdraw(owner);
  }

  // --- token vaults ---

  /** @param {any} vault as `createVault` and `prepareVault` want it, with a name */
  async makeVault({ name, type, beneficiary, allocation, more, version, operator, allowance }) {
    const { vault, staker } = await actions.createVault(this.network, { type, beneficiary, allocation, more });
    await actions.prepareVault(this.network, { vault, version, operator, allowance });
    this.vaults.push({
      name, type, vault, staker, beneficiary, allocation, operator: operator ?? null, version: Number(version ?? 0n),
      allowance: allowance ?? 0n,
    });
  }

  /**
   * A delegation of a vault that is prepared, with its beneficiary as recipient of the rewards.
   * @param {{ vault: string, provider: number, move?: boolean }} delegation the vault by its name
   * @returns {Promise<Sequencer>}
   */
  async delegateFromVault({ vault: name, provider: id, move = true }) {
    const { vault, staker, beneficiary } = this.vaults.find((vault) => vault.name === name);
    const { split, receipt } = await actions.stakeFromVault(this.network, { vault, provider: id, move });
    const { takeRate, recipient: provider } = this.provider(id);
    return this.#enqueue({
      attester: this.#popKey(id),
      withdrawer: staker,
      sender: staker,
      provider: id,
      split,
      parameters: actions.splitParameters({ provider, delegator: beneficiary, takeRate }),
      movesWithLatest: move,
      failure: null,
    }, receipt);
  }

  // --- bookkeeping ---

  /** @param {any} receipt @returns {Promise<Moment>} */
  async momentOf({ blockNumber, transactionHash }) {
    return {
      block: Number(blockNumber),
      timestamp: await this.network.chain.now(blockNumber),
      transaction: transactionHash,
    };
  }

  async #note(id, receipt, entry) {
    this.provider(Number(id)).history.push({ ...entry, ...await this.momentOf(receipt) });
  }

  #popKey(id) {
    this.provider(id).firstIndex += 1;
    return this.provider(id).queue.shift();
  }

  async #enqueue(sequencer, receipt) {
    const { version } = this.network.canonical;
    const queued = {
      ...sequencer,
      stakedOn: version,
      rollup: version,
      status: 'queued',
      balance: 0n,
      slashed: 0n,
      exit: null,
      staked: await this.momentOf(receipt),
    };
    this.sequencers.push(queued);
    this.queue.push(queued);
    return queued;
  }
}

function exitFrom(startedAt, amount, recipient) {
  return {
    startedAt,
    exitableAt: startedAt + EXIT_DELAY,
    unlocksAt: startedAt + GOVERNANCE_WITHDRAWAL_DELAY,
    amount,
    recipient,
  };
}
