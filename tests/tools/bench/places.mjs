/**
 * What is measured, and how much it may take: a place of the app is a line here.
 */

import { namedAddress } from '../../devnet/accounts.mjs';

/** Everything that a list waits for is there: these run in the page. */
const listIsThere = () => {
  const list = document.querySelector('main section[aria-busy="false"]');
  return list && !document.querySelector('main .skel, main [aria-busy="true"]') && performance.now();
};

const pageIsThere = () => (
  !document.querySelector('main .skel, main [aria-busy="true"]') && document.querySelector('main .readout') && performance.now()
);

/** All stakes with their sums; history, which is read afterwards, is not waited for. */
const stakesAreThere = () => {
  const stakes = [...document.querySelectorAll('main section')].find((section) => section.querySelector('h2')?.textContent === 'Stakes');
  return stakes?.ariaBusy === 'false' && !document.querySelector('main .readouts .skel') && performance.now();
};

/** Where each begins, below the network, and what has to be seen for it to be over. */
export const PLACES = [
  { name: 'providers', hash: 'providers', complete: listIsThere },
  { name: 'provider', hash: 'providers/1', complete: listIsThere },
  { name: 'overview', hash: 'overview', complete: pageIsThere },
  // on a large network each of its delegators has fifty delegations
  { name: 'positions', hash: `positions/${namedAddress('scale, delegator 0')}`, complete: stakesAreThere },
];

/** How one comes there: through the endpoint as public ones are, or past it; for the first time, or once more. */
export const WAYS = [
  { name: 'cold', unkind: true, visits: 1 },
  { name: 'warm', unkind: true, visits: 2 },
  { name: 'cold, kind', unkind: false, visits: 1 },
  { name: 'warm, kind', unkind: false, visits: 2 },
];

const MEGA = 1 << 20;

/**
 * The most that each figure may be, by the size of the network: that of the scenario, and large ones of up to so many
 * times 300 providers. Eight requests for the table, and three when it is seen again, are what it was made for; the others
 * stand a little above what was measured when they were written, so that nobody makes them worse unawares.
 */
const BUDGETS = [
  {
    upTo: 0,
    providers: { requests: 8, millis: 1_500, heap: 4 * MEGA, wasm: 4 * MEGA },
    provider: { requests: 24, millis: 1_500, heap: 4 * MEGA, wasm: 4 * MEGA },
    positions: { requests: 10, millis: 1_500 },
    ticks: { heapGrowth: MEGA, wasmGrowth: MEGA, listenerGrowth: 20, timerGrowth: 5 },
  },
  {
    upTo: 1,
    providers: { requests: 8, bytes: 9 * MEGA, millis: 1_500, heap: 3 * MEGA, wasm: 8 * MEGA, longest: 75 },
    'providers, warm': { requests: 3, bytes: 3 * MEGA, millis: 600, heap: 3 * MEGA, wasm: 8 * MEGA, longest: 75 },
    provider: { requests: 14, bytes: 9 * MEGA, millis: 1_500, heap: 4 * MEGA, wasm: 8 * MEGA, longest: 75 },
    overview: { requests: 24, bytes: 9 * MEGA, millis: 2_000, heap: 4 * MEGA, wasm: 8 * MEGA, longest: 75 },
    positions: { requests: 24, millis: 2_000 },
    ticks: { heapGrowth: MEGA, wasmGrowth: MEGA, listenerGrowth: 20, timerGrowth: 5 },
  },
  {
    upTo: Infinity,
    providers: { requests: 20, bytes: 40 * MEGA, millis: 3_000, heap: 4 * MEGA, wasm: 32 * MEGA },
    provider: { requests: 20, bytes: 40 * MEGA, millis: 3_000, heap: 4 * MEGA, wasm: 32 * MEGA },
    'providers, warm': { requests: 8, bytes: 12 * MEGA, millis: 1_500, heap: 4 * MEGA, wasm: 32 * MEGA },
    overview: { requests: 64, bytes: 40 * MEGA, millis: 4_000, heap: 4 * MEGA, wasm: 32 * MEGA },
    positions: { requests: 40, millis: 4_000 },
    ticks: { heapGrowth: 2 * MEGA, wasmGrowth: 2 * MEGA, listenerGrowth: 20, timerGrowth: 5 },
  },
];

/**
 * Without one nothing is judged.
 * @param {string} name of a place, of one that is seen again (`, warm`), or `ticks`
 * @param {{ providers: number }} [scale] what the facts say of a large network
 */
export function budgetOf(name, scale) {
  const size = scale ? scale.providers / 300 : 0;
  const budgets = BUDGETS.find(({ upTo }) => size <= upTo);
  return budgets[name] ?? budgets[name.split(',')[0]] ?? {};
}
