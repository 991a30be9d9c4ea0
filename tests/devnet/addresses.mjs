/**
 * Where contracts of the local network stand in every run.
 *
 * The app ships an entry for this network, so these must not move when a contract's code or the scenario changes. The
 * address of a new contract follows from its deployer and the deployer's nonce alone, and these are the deployer's
 * first transactions, in this order; the vaults' have a deployer of their own. A test compares the list with a fresh chain.
 */

/** @type {Record<'token' | 'registry' | 'warehouse' | 'splitFactory' | 'stakingRegistry' | 'vaultRegistry' | 'vaultFactory', `0x${string}`>} */
export const FIXED = {
  token: '0x90D6241fa16F0c365D5Ed6Ac8EA1e74098ab1090',
  registry: '0xc5158E016d7c07b7A46bD73B8AF09e5bDD9448A3',
  warehouse: '0x1F28c0A9be83a1c20bD3de0618aeDBc8eeB2388F',
  splitFactory: '0xC9F0426606a0353E0562c7Fc6d8389217c455dC8',
  stakingRegistry: '0x5fe612B052243e1F63467Ccf1C9204848b0841aC',
  vaultRegistry: '0x35D906Ba7885f4CFD3C270CE375Cad3c4Cd05efF',
  vaultFactory: '0x3c01e035cD0A31862271581C138C48414B48bb8B',
};

/** The same on every chain in the world. */
export const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11';
