/**
 * Our stand-ins answer to the selectors, topics and errors of the contracts that they stand for.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keccak256, stringToHex } from 'viem/utils';
import { compiledContracts } from '../solidity.mjs';
import { PULL_SPLIT, SPLIT_FACTORY, STAKING_REGISTRY, WAREHOUSE } from './expected-interface.mjs';

const contracts = await compiledContracts();

describe('interfaces of our contracts', () => {
  it('StakingRegistry has exactly the published functions, events and errors', () => {
    assert.deepEqual(interfaceOf(contracts.StakingRegistry.abi), sorted(STAKING_REGISTRY));
  });

  for (const [name, expected] of Object.entries({
    PullSplit: PULL_SPLIT, PullSplitFactory: SPLIT_FACTORY, SplitsWarehouse: WAREHOUSE,
  })) {
    it(`${name} has those that staking and its rewards need`, () => {
      const actual = interfaceOf(contracts[name].abi);
      for (const kind of ['functions', 'events', 'errors']) {
        for (const [id, signature] of Object.entries(expected[kind])) assert.equal(actual[kind][id], signature);
      }
    });
  }

  it('the table itself is right: every id is the hash of its signature', () => {
    for (const { functions, events, errors } of [STAKING_REGISTRY, PULL_SPLIT, SPLIT_FACTORY, WAREHOUSE]) {
      for (const [id, signature] of Object.entries({ ...functions, ...errors })) assert.equal(hash(signature, 4), id);
      for (const [id, event] of Object.entries(events)) assert.equal(hash(event.replaceAll(' indexed', ''), 32), id);
    }
  });
});

function interfaceOf(abi) {
  const of = (kind, bytes) => Object.fromEntries(abi
    .filter(({ type }) => type === kind)
    .map((item) => [hash(signatureOf(item), bytes), signatureOf(item, kind === 'event')]));
  return sorted({ functions: of('function', 4), events: of('event', 32), errors: of('error', 4) });
}

function signatureOf({ name, inputs }, withIndexed = false) {
  const parameters = inputs.map((input) => typeOf(input) + (withIndexed && input.indexed ? ' indexed' : ''));
  return `${name}(${parameters.join(',')})`;
}

function typeOf({ type, components }) {
  return components ? type.replace('tuple', `(${components.map(typeOf).join(',')})`) : type;
}

function hash(signature, bytes) {
  return keccak256(stringToHex(signature)).slice(0, 2 + 2 * bytes);
}

function sorted(kinds) {
  return Object.fromEntries(Object.entries(kinds).map(([kind, ids]) => [kind, Object.fromEntries(Object.entries(ids).sort())]));
}
