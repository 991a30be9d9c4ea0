/**
 * Registration keys for sequencers: a secret on the BN254 curve, its two public keys and the proof of possession.
 *
 * The proof is the secret times a point hashed from the first public key, exactly as the GSE contract hashes it; a
 * test asks the contract for the same point.
 */
import { bn254 } from '@noble/curves/bn254';
import { concat, encodeAbiParameters, keccak256, numberToHex, stringToHex } from 'viem/utils';

const FIELD = bn254.fields.Fp;
const ORDER = bn254.fields.Fr.ORDER;
const G1 = bn254.G1.ProjectivePoint;
const G2 = bn254.G2.ProjectivePoint;
// Tables of multiples, made at the first use: a key takes a fifth of the time.
for (const base of [G1.BASE, G2.BASE]) base._setWindowSize(8);
const POP_DOMAIN = stringToHex('AZTEC_BLS_POP_BN254_V1', { size: 32 });
/** The hash at this index, out of the attempts' reach, chooses between the two roots. */
const SIGN_INDEX = 2n ** 256n - 1n;
const HASH_INPUT = [{ type: 'bytes32' }, { type: 'bytes' }, { type: 'uint256' }];

/**
 * @typedef {{ x: bigint, y: bigint }} G1Point
 * @typedef {{ x0: bigint, x1: bigint, y0: bigint, y1: bigint }} G2Point
 * @typedef {{ publicKeyG1: G1Point, publicKeyG2: G2Point, proofOfPossession: G1Point }} RegistrationKeys
 */

/**
 * @param {string} seed equal seeds give equal keys
 * @returns {RegistrationKeys}
 */
export function registrationKeys(seed) {
  const secret = BigInt(keccak256(stringToHex(seed))) % ORDER;
  const publicKeyG1 = affine(G1.BASE.multiply(secret));
  const { x, y } = G2.BASE.multiply(secret).toAffine();
  return {
    publicKeyG1,
    publicKeyG2: { x0: x.c0, x1: x.c1, y0: y.c0, y1: y.c1 },
    proofOfPossession: affine(G1.fromAffine(registrationDigest(publicKeyG1)).multiply(secret)),
  };
}

/**
 * The curve point that a proof of possession signs: try and increment until an x has a y.
 * @param {G1Point} publicKey
 * @returns {G1Point}
 */
export function registrationDigest(publicKey) {
  const message = concat([numberToHex(publicKey.x, { size: 32 }), numberToHex(publicKey.y, { size: 32 })]);
  for (let attempt = 0n; ; attempt += 1n) {
    const x = hash(message, attempt);
    if (x >= FIELD.ORDER) continue;
    const root = squareRoot(FIELD.add(FIELD.pow(x, 3n), 3n));
    if (root === undefined) continue;
    const [smaller, larger] = [root, FIELD.neg(root)].sort((a, b) => (a < b ? -1 : 1));
    return { x, y: hash(message, SIGN_INDEX) % 2n === 0n ? smaller : larger };
  }
}

function hash(message, n) {
  return BigInt(keccak256(encodeAbiParameters(HASH_INPUT, [POP_DOMAIN, message, n])));
}

/** @returns {bigint | undefined} nothing for a number that is no square */
function squareRoot(square) {
  const root = FIELD.pow(square, (FIELD.ORDER + 1n) / 4n);
  return FIELD.eql(FIELD.sqr(root), square) ? root : undefined;
}

function affine(point) {
  const { x, y } = point.toAffine();
  return { x, y };
}
