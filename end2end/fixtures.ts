// What every journey has: a user of its own with the sample memories, the dashboard, Redis, and a watch for errors.
import { type APIRequestContext, expect as playwrightExpect, test as playwrightTest } from '@playwright/test';
import { Dashboard, type Scope } from './dashboard';
import { PrivateServer, type RedisCommand, type RedisLines, redisOf, pasteOf, START_TIMEOUT_MS } from './server';

interface Options {
  /** Whether the scope of the test begins with the eight samples, or empty. */
  samples: boolean;
  /** The console errors that belong to the journey, such as a refused request. Any other one fails the test. */
  expectedConsoleErrors: RegExp | null;
}

interface Fixtures {
  /** Nobody else's: named after the test. */
  scope: Scope;
  dashboard: Dashboard;
  /** redis-cli against the Redis behind `baseURL`. */
  redis: RedisCommand;
  /** The same, for lines as they are pasted into it. */
  paste: RedisLines;
}

interface WorkerFixtures {
  /** A server whose Redis may be stopped, or cleared for everybody. */
  privateServer: PrivateServer;
}

export const test = playwrightTest.extend<Options & Fixtures, WorkerFixtures>({
  samples: [true, { option: true }],
  expectedConsoleErrors: [null, { option: true }],

  scope: async ({ request, samples }, use, testInfo) => {
    const scope = { user: `journey ${testInfo.testId}`, namespace: 'end2end' };
    if (samples) await seed(request, scope);
    await use(scope);
  },

  context: async ({ context, expectedConsoleErrors }, use) => {
    const errors: string[] = [];
    context.on('console', (message) => {
      if (message.type() !== 'error' || expectedConsoleErrors?.test(message.text())) return;
      errors.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => errors.push(`page: ${error.error().message}`));
    await use(context);
    playwrightExpect(errors, 'no console error and no page error').toEqual([]);
  },

  dashboard: async ({ page, scope }, use) => {
    await use(new Dashboard(page, scope));
  },

  redis: async ({}, use) => {
    await use(redisOf(process.env.JOURNEYS_REDIS_PORT_FILE ?? ''));
  },

  paste: async ({}, use) => {
    await use(pasteOf(process.env.JOURNEYS_REDIS_PORT_FILE ?? ''));
  },

  privateServer: [
    async ({}, use) => {
      const server = await PrivateServer.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: START_TIMEOUT_MS },
  ],
});

/** Leaves the scope with the eight samples and nothing else. */
export async function seed(request: APIRequestContext, scope: Scope): Promise<void> {
  const reply = await request.post('/reset', { form: { ...scope, scope: 'own' } });
  playwrightExpect(await reply.json()).toEqual({ seeded: 8 });
}

export const expect = playwrightExpect;
