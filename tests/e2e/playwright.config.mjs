// The app in Chromium. `cargo xtask test e2e` runs it, and says which browser and which build by the environment.
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: fileURLToPath(new URL('.', import.meta.url)),
  testMatch: '*.spec.mjs',
  // git ignores it
  outputDir: fileURLToPath(new URL('../../test-results', import.meta.url)),
  // the specs share one chain
  workers: 1,
  retries: 0,
  timeout: 60_000,
  // a run of four transactions is waited for as one
  expect: { timeout: 15_000 },
  // a test that only runs alone is a mistake that was left in
  forbidOnly: true,
  reporter: 'list',
  use: {
    trace: 'off',
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.ROTA_CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
    },
  },
});
