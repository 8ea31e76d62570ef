// `npx playwright test` here is enough: it builds what is not built, and starts a server with an empty Redis.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser';
import { freePort, serveForTests, START_TIMEOUT_MS } from './server';

// The workers read this file too, and inherit what the first reading chose.
const port = (process.env.JOURNEYS_PORT ??= String(await freePort()));
const redisPortFile = (process.env.JOURNEYS_REDIS_PORT_FILE ??= join(tmpdir(), `agent-memory-journeys-${port}.redis`));
const baseURL = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  // CI's machines are busy: a journey that fails there is tried again, and reported as flaky.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  globalTeardown: './teardown.ts',
  use: {
    baseURL,
    browserName: 'chromium',
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 900 },
    // No half-way colours when a page is judged.
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: serveForTests,
    url: `${baseURL}/readyz`,
    env: { PORT: port, REDIS_PORT_FILE: redisPortFile },
    timeout: START_TIMEOUT_MS,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    reuseExistingServer: false,
  },
});
