// `npm run measure`: figures of the page, one line each. They depend on the machine, so none of them fails.
import { defineConfig } from '@playwright/test';
import journeys from './playwright.config';

export default defineConfig({
  ...journeys,
  testDir: 'measure',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  // Recording takes pictures, and so frames.
  use: { ...journeys.use, trace: 'off', screenshot: 'off' },
});
