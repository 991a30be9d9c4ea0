/**
 * Who is in the scenario: what people own, and the six providers.
 */
import { namedAddress } from '../accounts.mjs';
import { TOKEN } from '../parameters.mjs';

/** Tokens at the beginning, by name. Whoever is missing has none. */
export const PURSES = {
  delegator: 2_000_000n * TOKEN,
  whale: 20_000_000n * TOKEN,
  poor: 150_000n * TOKEN,
  penniless: 400_000n * TOKEN,
  alice: 5_000_000n * TOKEN,
  bob: 5_000_000n * TOKEN,
  carol: 5_000_000n * TOKEN,
  dave: 5_000_000n * TOKEN,
  solo1: 3_000_000n * TOKEN,
  solo2: 3_000_000n * TOKEN,
  voter: 200_000_000n * TOKEN,
};

/** Pays rewards of provider 6 from the change of recipient on. */
export const NEW_RECIPIENT_OF_6 = namedAddress('recipient6 from the change on');

/**
 * In the order of their ids, as they register.
 * @param {(name: string) => `0x${string}`} address
 */
export const providers = (address) => [
  { name: 'steady', admin: address('admin1'), takeRate: 500, recipient: namedAddress('recipient1') },
  { name: 'cheaper', admin: address('admin2'), takeRate: 1000, recipient: namedAddress('recipient2') },
  { name: 'free', admin: address('admin3'), takeRate: 0, recipient: address('admin3') },
  { name: 'greedy', admin: address('admin4'), takeRate: 10_000, recipient: namedAddress('recipient4') },
  { name: 'sold-out', admin: address('admin5'), takeRate: 250, recipient: namedAddress('recipient5') },
  { name: 'dud-first', admin: address('admin6'), takeRate: 1234, recipient: namedAddress('recipient6') },
];

/** Their ids, by name. */
export const STEADY = 1;
export const CHEAPER = 2;
export const FREE = 3;
export const GREEDY = 4;
export const SOLD_OUT = 5;
export const DUD_FIRST = 6;
