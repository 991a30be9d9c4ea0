/** Public keys of sequencers, from a seed. */
import { keccak256, stringToHex } from 'viem/utils';
import { privateKeyToAddress } from 'viem/accounts';
import { registrationKeys } from '../../devnet/bn254.mjs';

const hex = (point, digits) =>
  Object.fromEntries(Object.entries(point).map(([axis, n]) => [axis, `0x${n.toString(16).padStart(digits, '0')}`]));

/** A key as the node's tool writes it. */
export function key(seed) {
  const { publicKeyG1, publicKeyG2, proofOfPossession } = registrationKeys(seed);
  return {
    attester: privateKeyToAddress(keccak256(stringToHex(seed))),
    publicKeyG1: hex(publicKeyG1, 64),
    publicKeyG2: hex(publicKeyG2, 64),
    proofOfPossession: hex(proofOfPossession, 0),
  };
}
