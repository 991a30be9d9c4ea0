/**
 * What people do on the network, one function for each deed. The scenario is made of these, and tests get the same.
 *
 * Each takes the network and a description of the deed, sends real transactions and returns what they brought about.
 * Where a sender follows from the chain (the admin of a provider, the withdrawer of a sequencer) it is looked up.
 */
export * from './checkpoints.mjs';
export * from './governance.mjs';
export * from './leaving.mjs';
export * from './providers.mjs';
export * from './rewards.mjs';
export * from './staking.mjs';
export * from './tokens.mjs';
export * from './vaults.mjs';
