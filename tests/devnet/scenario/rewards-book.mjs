/**
 * Where every reward is, kept by calculation: on rollups, in splits, in the warehouse, or withdrawn.
 *
 * Each balance that is emptied keeps 1 wei, shares are rounded down, and what rounding leaves stays with the split.
 */
export class RewardsBook {
  /** @type {Map<string, { version: bigint, coinbase: string, amount: bigint }>} */
  #accrued = new Map();
  #held = new Sums();
  #distributed = new Sums();
  /** The warehouse knows splits and people alike as owners. */
  #stored = new Sums();
  #withdrawn = new Sums();

  accrue(version, coinbase, amount) {
    const key = `${version} ${coinbase}`;
    const before = this.#accrued.get(key)?.amount ?? 0n;
    this.#accrued.set(key, { version, coinbase, amount: before + amount });
  }

  claim(version, coinbase) {
    const key = `${version} ${coinbase}`;
    this.#held.add(coinbase, this.#accrued.get(key).amount);
    this.#accrued.delete(key);
  }

  distribute(split, { recipients, allocations, totalAllocation }) {
    const fromTokens = allButOne(this.#held.of(split));
    const amount = fromTokens + allButOne(this.#stored.of(split));
    this.#held.add(split, -fromTokens);
    this.#stored.add(split, fromTokens);
    recipients.forEach((recipient, i) => {
      const share = amount * allocations[i] / totalAllocation;
      this.#stored.add(split, -share);
      this.#stored.add(recipient, share);
    });
    this.#distributed.add(split, amount);
  }

  withdraw(owner) {
    const amount = allButOne(this.#stored.of(owner));
    this.#stored.add(owner, -amount);
    this.#withdrawn.add(owner, amount);
  }

  /** What the rollups owe. */
  get accrued() {
    return [...this.#accrued.values()];
  }

  /** What has left the rollups. */
  entries() {
    return {
      heldBySplit: this.#held.entries('split'),
      distributedBySplit: this.#distributed.entries('split'),
      inWarehouse: this.#stored.entries('owner'),
      withdrawn: this.#withdrawn.entries('owner'),
    };
  }
}

/** Amounts by address. */
class Sums {
  #amounts = new Map();

  of(address) {
    return this.#amounts.get(address) ?? 0n;
  }

  add(address, amount) {
    this.#amounts.set(address, this.of(address) + amount);
  }

  entries(name) {
    return [...this.#amounts]
      .filter(([, amount]) => amount > 0n)
      .map(([address, amount]) => ({ [name]: address, amount }));
  }
}

const allButOne = (balance) => (balance === 0n ? 0n : balance - 1n);
