// Public key files as the node's tool writes them, and one point that no tool makes.
//
// stdin: { seeds }; stdout: { keys: [{ attester, … }] with hexadecimal coordinates, outside: a point on the twist that is
// not in the subgroup }.
import { bn254 } from '@noble/curves/bn254';
import { privateKeyToAddress } from 'viem/accounts';
import { keccak256, stringToHex } from 'viem/utils';
import { registrationKeys } from '../devnet/bn254.mjs';

let text = '';
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify({ keys: JSON.parse(text).seeds.map(stakerOutput), outside: outside() }));

export function stakerOutput(seed) {
  const { publicKeyG1, publicKeyG2, proofOfPossession } = registrationKeys(`${seed}, registration`);
  return {
    attester: privateKeyToAddress(keccak256(stringToHex(`${seed}, attester`))),
    publicKeyG1: hex(publicKeyG1, 64),
    publicKeyG2: hex(publicKeyG2, 64),
    // the tool does not fill these up with zeros
    proofOfPossession: hex(proofOfPossession, 0),
  };
}

function hex(point, digits) {
  return Object.fromEntries(Object.entries(point).map(([axis, n]) => [axis, `0x${n.toString(16).padStart(digits, '0')}`]));
}

/** Almost every point of the twist is outside: the first x with a y will do. */
function outside() {
  const { Fp2 } = bn254.fields;
  for (let n = 1n; ; n += 1n) {
    const x = Fp2.fromBigTuple([n, 1n]);
    const y = attempt(() => Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), bn254.G2.CURVE.b)));
    if (y && !attempt(() => bn254.G2.ProjectivePoint.fromAffine({ x, y }).assertValidity() ?? true)) {
      return hex({ x0: x.c0, x1: x.c1, y0: y.c0, y1: y.c1 }, 64);
    }
  }
}

/** What it gives, or nothing where it throws. */
function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
