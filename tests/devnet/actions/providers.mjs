/**
 * What providers do: register, offer keys, change their terms, hand over.
 */

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */
/** @typedef {import('../keys.mjs').SequencerKey} SequencerKey */

/**
 * @param {Network} network
 * @param {{ admin: Address, takeRate: number, recipient: Address }} deed take rate in basis points
 * @returns {Promise<{ id: bigint, receipt: any }>}
 */
export async function registerProvider({ contracts: { stakingRegistry } }, { admin, takeRate, recipient }) {
  const receipt = await stakingRegistry.send(admin, 'registerProvider', [admin, takeRate, recipient]);
  return { id: stakingRegistry.events(receipt, 'ProviderRegistered')[0].providerIdentifier, receipt };
}

/**
 * @param {Network} network
 * @param {{ provider: bigint | number, keys?: SequencerKey[], count?: number }} deed given keys, or so many new ones
 * @returns {Promise<{ keys: SequencerKey[], receipt: any }>}
 */
export async function addKeys(network, { provider, count = 1, keys: given }) {
  const keys = given ?? await network.keyRing.take(count);
  return { keys, receipt: await asAdmin(network, provider, 'addKeysToProvider', [keys]) };
}

/**
 * @param {Network} network
 * @param {{ provider: bigint | number, count?: number }} deed
 * @returns {Promise<{ attesters: Address[], receipt: any }>} whose keys are out of the queue
 */
export async function dripKeys(network, { provider, count = 1 }) {
  const receipt = await asAdmin(network, provider, 'dripProviderQueue', [BigInt(count)]);
  const dripped = network.contracts.stakingRegistry.events(receipt, 'ProviderQueueDripped');
  return { attesters: dripped.map(({ attester }) => attester), receipt };
}

/** @param {Network} network @param {{ provider: bigint | number, takeRate: number }} deed */
export async function setTakeRate(network, { provider, takeRate }) {
  return asAdmin(network, provider, 'updateProviderTakeRate', [takeRate]);
}

/** @param {Network} network @param {{ provider: bigint | number, recipient: Address }} deed */
export async function setRewardsRecipient(network, { provider, recipient }) {
  return asAdmin(network, provider, 'updateProviderRewardsRecipient', [recipient]);
}

/** @param {Network} network @param {{ provider: bigint | number, admin: Address }} deed */
export async function proposeAdmin(network, { provider, admin }) {
  return asAdmin(network, provider, 'updateProviderAdmin', [admin]);
}

/** @param {Network} network @param {{ provider: bigint | number }} deed */
export async function acceptAdmin({ contracts: { stakingRegistry } }, { provider }) {
  const pending = await stakingRegistry.read('pendingProviderAdmins', [BigInt(provider)]);
  return stakingRegistry.send(pending, 'acceptProviderAdmin', [BigInt(provider)]);
}

async function asAdmin({ contracts: { stakingRegistry } }, provider, fn, args) {
  const [admin] = await stakingRegistry.read('providerConfigurations', [BigInt(provider)]);
  // Impersonated, the zero address would pass for the admin of a provider that does not exist.
  if (BigInt(admin) === 0n) throw new Error(`there is no provider ${provider}`);
  return stakingRegistry.send(admin, fn, [BigInt(provider), ...args]);
}
