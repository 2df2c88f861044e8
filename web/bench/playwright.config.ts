import { defineConfig } from '@playwright/test';
import journeys from '../playwright.config';

// The benchmark of the web app: one worker, no time limit worth the name, no
// traces, which cost time themselves. Never a gate.
export default defineConfig({
  testDir: '.',
  outputDir: '../test-results/bench',
  workers: 1,
  timeout: 60 * 60_000,
  reporter: [['line']],
  use: { ...journeys.use, trace: 'off', actionTimeout: 60_000 },
});
