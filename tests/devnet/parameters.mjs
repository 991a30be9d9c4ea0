/**
 * The numbers that make the local network: Aztec mainnet's where nothing else is said.
 */

export const TOKEN = 10n ** 18n;
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const CHAIN_ID = 31337;
export const DEFAULT_PORT = 8545;
export const MNEMONIC = 'test test test test test test test test test test test junk';

/** The protocol's cap for one transaction (EIP-7825), which anvil keeps when told to. */
export const TRANSACTION_GAS_CAP = 16_777_216;
export const BLOCK_GAS_LIMIT = 60_000_000;

/** Between blocks of the first layer. */
export const BLOCK_SECONDS = 12;
export const SLOT_SECONDS = 72;
export const EPOCH_SLOTS = 32;
export const EPOCH_SECONDS = SLOT_SECONDS * EPOCH_SLOTS;

export const ACTIVATION_THRESHOLD = 200_000n * TOKEN;
export const EJECTION_THRESHOLD = 100_000n * TOKEN;
export const LOCAL_EJECTION_THRESHOLD = 190_000n * TOKEN;
export const EXIT_DELAY = 4 * DAY;

/** Mainnet: 48 of 3,300. A committee must be filled before anybody may signal. */
export const COMMITTEE_SIZE = 24;

/** Mainnet: 500, 4, 1, 400, 4. Two a time, so that places and epochs are not the same number. */
export const ENTRY_QUEUE = {
  bootstrapValidatorSetSize: 24n,
  bootstrapFlushSize: 24n,
  normalFlushSizeMin: 2n,
  normalFlushSizeQuotient: 400n,
  maxQueueFlushSize: 4n,
};

/** Sepolia's; mainnet: 600 of 1,000. */
export const SIGNALLING = { quorum: 60n, roundSlots: 100n };

export const GOVERNANCE = {
  proposeConfig: { lockDelay: BigInt(90 * DAY), lockAmount: 258_750_000n * TOKEN },
  votingDelay: BigInt(3 * DAY),
  votingDuration: BigInt(7 * DAY),
  executionDelay: BigInt(2 * DAY),
  gracePeriod: BigInt(7 * DAY),
  quorum: 2n * 10n ** 17n,
  requiredYeaMargin: 33n * 10n ** 16n,
  minimumVotes: 100_000_000n * TOKEN,
};

/** From the start of a withdrawal to its unlocking by governance, in seconds. */
export const GOVERNANCE_WITHDRAWAL_DELAY = Number(
  GOVERNANCE.votingDelay / 5n + GOVERNANCE.votingDuration + GOVERNANCE.executionDelay,
);

export const REWARD_PER_CHECKPOINT = 500n * TOKEN;
export const SEQUENCER_BPS = 7000;
