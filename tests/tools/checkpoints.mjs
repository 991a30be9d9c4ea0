// Proposes and proves checkpoints on a fork of the local network, with the rollup's own contract.
//
// stdin: { rpc, contracts, rollups, nextKey, deeds: [{ propose: { coinbase, attesters?, direct? } } | { prove: n } | { epoch: true }] }
// stdout: [{ number, slot, proposer, coinbase, transaction } | { transaction } | {}], one for each deed
import { text } from 'node:stream/consumers';
import * as actions from '../devnet/actions/index.mjs';
import { networkAt } from '../devnet/index.mjs';

const { deeds, ...where } = JSON.parse(await text(process.stdin));
const network = await networkAt(where);
const done = [];
const open = [];

/** Who has a turn is a matter of luck, so epochs may pass before one of the wanted has. */
async function proposal(deed) {
  for (let epochs = 0; ; epochs += 1) {
    try {
      return await actions.propose(network, deed);
    } catch (error) {
      if (epochs > 30 || !/turn/.test(error.message)) throw error;
      await actions.nextEpoch(network);
    }
  }
}

for (const { propose, prove, epoch } of deeds) {
  if (propose) {
    const checkpoint = await proposal(propose);
    open.push(checkpoint);
    done.push(checkpoint);
  } else if (prove) {
    done.push({ transaction: await actions.prove(network, { checkpoints: open.splice(0, prove) }) });
  } else {
    if (epoch) await actions.nextEpoch(network);
    done.push({});
  }
}
console.log(JSON.stringify(done, (_, part) => (typeof part === 'bigint' ? Number(part) : part)));
