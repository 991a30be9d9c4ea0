/**
 * Who acts on the local network.
 *
 * People hold one of anvil's well-known test accounts, in this order, so a wallet can sign for them. Everybody else
 * has an address made from a name, and acts only while the network impersonates it.
 */
import { pbkdf2Sync } from 'node:crypto';
import { HDKey, privateKeyToAddress } from 'viem/accounts';
import { getAddress, keccak256, stringToHex, toHex } from 'viem/utils';
import { MNEMONIC } from './parameters.mjs';

/** Position in this list is the index of the account in anvil. */
export const PEOPLE = [
  // For tests that begin without a position.
  'delegator', // 2,000,000 tokens, 100 ETH
  'whale', // 20,000,000 tokens
  'poor', // 150,000 tokens: less than one sequencer
  'penniless', // tokens, no ETH
  'fresh', // ETH, no tokens
  // Delegators with positions.
  'alice',
  'bob',
  'carol',
  'dave',
  // Sequencers without a provider.
  'solo1',
  'solo2',
  // Admins of providers 1 to 6, and who is to become admin of 4.
  'admin1',
  'admin2',
  'admin3',
  'admin4',
  'admin5',
  'admin6',
  'pendingAdmin4',
  // Holds 150,000,000 votes in governance.
  'voter',
  // Receives rewards of a delegation whose withdrawer is somebody else.
  'coldWallet',
  // Beneficiary of the token vaults, and who operates the staker of one of them. No tokens of their own.
  'vested',
  'vaultOperator',
  // Beneficiary and operator of a token vault that stakes. No tokens of its own.
  'grantee',
];

/**
 * @typedef {`0x${string}`} Address
 * @typedef {{ address: Address, index: number, privateKey: `0x${string}` }} Account
 */

/** @returns {Record<string, Account>} the accounts of `PEOPLE` by name; their private keys are public knowledge */
export function people() {
  const seed = pbkdf2Sync(MNEMONIC, 'mnemonic', 2048, 64, 'sha512');
  const parent = HDKey.fromMasterSeed(seed).derive("m/44'/60'/0'/0");
  return Object.fromEntries(PEOPLE.map((name, index) => {
    const privateKey = toHex(parent.deriveChild(index).privateKey);
    return [name, { address: privateKeyToAddress(privateKey), index, privateKey }];
  }));
}

/**
 * @param {string} name
 * @returns {Address} an address that nobody has the key of
 */
export function namedAddress(name) {
  return getAddress(`0x${keccak256(stringToHex(`rota local network, ${name}`)).slice(-40)}`);
}

/** Deploys everything, owns the token, and does nothing else: the addresses of contracts depend on its nonce. */
export const DEPLOYER = namedAddress('deployer');
/** May veto slashings. */
export const VETOER = namedAddress('vetoer');
/** Made the vaults' registry, owns it, and does nothing else: the addresses of its contracts depend on its nonce. */
export const VAULT_DEPLOYER = namedAddress('deployer of vaults');
