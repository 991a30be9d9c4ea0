/**
 * The lock file works with any npm registry: it names none.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readFile } from 'node:fs/promises';

it('the lock file holds hashes and no addresses', async () => {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  assert.ok(!text.includes('"resolved"'));
  assert.doesNotMatch(text.replaceAll(/"url": "[^"]*"/g, ''), /https?:\/\//);
  const { packages } = JSON.parse(text);
  for (const [name, { integrity }] of Object.entries(packages)) if (name !== '') assert.ok(integrity, name);
});

it('the packages are of exact versions', async () => {
  const { dependencies, optionalDependencies } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  for (const version of Object.values({ ...dependencies, ...optionalDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/);
});
