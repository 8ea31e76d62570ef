import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';

const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 800 };
const images = join(import.meta.dirname, '..', '..', 'docs', 'images');
const looks = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'agent-memory-screenshots-'));
mkdirSync(images, { recursive: true });
mkdirSync(looks, { recursive: true });

test.use({
  viewport: wide,
  // A name for people to read.
  scope: async ({ request, samples }, use) => {
    const scope = { user: samples ? 'ada' : 'newcomer', namespace: 'quickstart' };
    if (samples) await request.post('/reset', { form: { ...scope, scope: 'own' } });
    await request.post('/new_thread', { form: { ...scope } });
    await use(scope);
  },
});
test.afterAll(() => console.log(`${images}: dashboard-*.png; ${looks}: all others`));

async function takeTheWalk(dashboard: Dashboard): Promise<void> {
  await dashboard.open();
  await dashboard.fill('Help Ada to tune her agent\'s memory');
  await dashboard.setAsGoal.click();
  await expect(dashboard.text).toHaveValue('');
  await dashboard.send('What did we discuss about the order-routing outage?', { kind: 'skip' });
  await dashboard.send('I prefer concise answers without filler phrases.', { kind: 'semantic' });
  await dashboard.send('My favorite color is teal.', { kind: 'episodic' });
  await dashboard.send('Remind me which theme I prefer in editors.');
  await expect(dashboard.fact('Turns')).toHaveText('4');
  // Nothing has the focus, nothing is under the pointer.
  await dashboard.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await dashboard.page.mouse.move(0, 0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('after the guided walk', async ({ dashboard, page }) => {
      await takeTheWalk(dashboard);
      await page.screenshot({ path: join(images, `dashboard-${colorScheme}.png`) });
      await page.screenshot({ path: join(looks, `full-${colorScheme}.png`), fullPage: true });
      await page.setViewportSize(narrow);
      await page.screenshot({ path: join(looks, `narrow-${colorScheme}.png`), fullPage: true });
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.screenshot({ path: join(looks, `very-wide-${colorScheme}.png`), fullPage: true });
    });

    test('with the questions open', async ({ dashboard, page }) => {
      await dashboard.open();
      await dashboard.memory('allergic to peanuts').getByLabel(/^Drop memory/).click();
      await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
      await page.screenshot({ path: join(looks, `questions-${colorScheme}.png`), fullPage: true });
    });

    test.describe('empty', () => {
      test.use({ samples: false });

      test('before anything', async ({ dashboard, page }) => {
        await dashboard.open();
        await page.screenshot({ path: join(looks, `empty-${colorScheme}.png`), fullPage: true });
        await page.setViewportSize(narrow);
        await page.screenshot({ path: join(looks, `empty-narrow-${colorScheme}.png`), fullPage: true });
      });
    });

    test.describe('disconnected', () => {
      test.use({
        expectedConsoleErrors: /status of 503/,
        baseURL: async ({ privateServer }, use) => use(privateServer.url),
      });

      test('without Redis', async ({ dashboard, page, privateServer }) => {
        await takeTheWalk(dashboard);
        await privateServer.stopRedis();
        await dashboard.fill('Are you there?');
        await dashboard.sendTurn.click();
        await expect(dashboard.alert).not.toHaveCount(0);
        await page.screenshot({ path: join(looks, `disconnected-${colorScheme}.png`), fullPage: true });
        await page.goto('/?user=ada');
        await page.screenshot({ path: join(looks, `opened-disconnected-${colorScheme}.png`), fullPage: true });
        await privateServer.startRedis();
      });
    });
  });
}
