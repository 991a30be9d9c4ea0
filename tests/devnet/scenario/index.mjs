/**
 * Plays the scenario on freshly deployed contracts and hands back what it has made.
 */
import { STEPS } from './steps.mjs';
import { Story } from './story.mjs';

export { LENGTH } from './steps.mjs';

/**
 * @param {object} stage
 * @param {import('../network.mjs').Network} stage.network
 * @param {import('../deploy.mjs').RollupCode} stage.rollupCode
 * @param {number} stage.end in seconds
 * @param {(title: string, work: () => Promise<void>) => Promise<void>} stage.progress
 * @returns {Promise<Story>}
 */
export async function playScenario({ network, rollupCode, end, progress }) {
  const story = new Story(network, rollupCode, end);
  for (const { title, tell } of STEPS) await progress(title, () => tell(story));
  return story;
}
