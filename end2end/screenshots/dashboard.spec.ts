import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';

const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 800 };
const images = join(import.meta.dirname, '..', '..', 'docs', 'images');
const looks = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'agent-memory-screenshots-'));
mkdirSync(images, { recursive: true });
mkdirSync(looks, { recursive: true });

test.use({
  viewport: wide,
  // A name for people to read; each picture begins with what the samples left.
  scope: async ({ request, samples }, use) => {
    const scope = { user: samples ? 'ada' : 'newcomer', namespace: 'quickstart' };
    if (samples) await request.post('/reset', { form: { ...scope, scope: 'own' } });
    await request.post('/new_thread', { form: { ...scope } });
    await use(scope);
  },
});
test.afterAll(() => console.log(`${images}: dashboard-*.png; ${looks}: all others`));

const theme = 'Remind me which theme I prefer in editors.';

async function takeTheWalk(dashboard: Dashboard): Promise<void> {
  await dashboard.open();
  await dashboard.fill('Help Ada to tune her agent\'s memory');
  await dashboard.setAsGoal.click();
  await expect(dashboard.text).toHaveValue('');
  await dashboard.send('What did we discuss about the order-routing outage?', { kind: 'skip' });
  await dashboard.send('I prefer concise answers without filler phrases.', { kind: 'semantic' });
  await dashboard.send('My favorite color is teal.', { kind: 'episodic' });
  await dashboard.send(theme);
  await expect(dashboard.fact('Turns')).toHaveText('4');
  await expect(dashboard.recalled).toContainText(`For “${theme}”`);
  await leaveAlone(dashboard);
}

/** Nothing has the focus, nothing is under the pointer. */
async function leaveAlone({ page }: Dashboard): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(0, 0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    const look = (name: string) => join(looks, `${name}-${colorScheme}.png`);

    test('after the guided walk', async ({ dashboard, page }) => {
      await takeTheWalk(dashboard);
      await page.screenshot({ path: join(images, `dashboard-${colorScheme}.png`) });
      await page.screenshot({ path: look('full'), fullPage: true });
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.screenshot({ path: look('very-wide'), fullPage: true });
      await page.setViewportSize({ width: 800, height: 1000 });
      await page.screenshot({ path: look('tablet'), fullPage: true });
      await page.setViewportSize(narrow);
      await page.screenshot({ path: look('narrow'), fullPage: true });
    });

    test('a probe, with the threshold moved, reasons and commands unfolded', async ({ dashboard, page }) => {
      await takeTheWalk(dashboard);
      await dashboard.ask('I prefer concise answers without filler phrases.', { kind: 'semantic' });
      await expect(dashboard.preview).not.toBeEmpty();
      await dashboard.recallWithin('0.9');
      await dashboard.reasons(dashboard.candidates.first());
      await dashboard.reasons(dashboard.memories.nth(1), /over|recalled|beyond/);
      await dashboard.commands.click();
      await leaveAlone(dashboard);
      await page.screenshot({ path: look('probe'), fullPage: true });
      await page.setViewportSize(narrow);
      await page.screenshot({ path: look('probe-narrow'), fullPage: true });
    });

    test('with the threads, the question and the help open', async ({ dashboard, page }) => {
      await takeTheWalk(dashboard);
      await dashboard.threadsSwitch.click();
      await expect(dashboard.threads).not.toHaveCount(0);
      await page.screenshot({ path: look('threads') });
      await dashboard.threadsSwitch.click();
      await page.getByRole('button', { name: 'Keys and help' }).click();
      await page.screenshot({ path: look('help') });
      await page.setViewportSize(narrow);
      await page.screenshot({ path: look('help-narrow') });
      await page.keyboard.press('Escape');
      await dashboard.threadsSwitch.click();
      await page.screenshot({ path: look('threads-narrow') });
      await dashboard.threadsSwitch.click();
      await page.setViewportSize(wide);
      await dashboard.dropOf(dashboard.memories.first()).click();
      await expect(dashboard.undo).toBeVisible();
      await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
      await page.screenshot({ path: look('questions') });
    });

    test.describe('empty', () => {
      test.use({ samples: false });

      test('before anything', async ({ dashboard, page }) => {
        await dashboard.open();
        await expect(dashboard.connection).toHaveText('Connected, live');
        await page.screenshot({ path: look('empty'), fullPage: true });
        await page.setViewportSize(narrow);
        await page.screenshot({ path: look('empty-narrow'), fullPage: true });
      });
    });

    test.describe('without JavaScript', () => {
      test.use({ javaScriptEnabled: false });

      test('after a turn', async ({ dashboard, page, scope }) => {
        await page.goto(Dashboard.address(scope));
        await dashboard.fill(theme);
        await dashboard.sendTurn.click();
        await expect(dashboard.candidates).toHaveCount(8);
        await page.screenshot({ path: look('no-javascript'), fullPage: true });
        await page.setViewportSize(narrow);
        await page.screenshot({ path: look('no-javascript-narrow'), fullPage: true });
      });
    });

    test.describe('refused', () => {
      test.use({ expectedConsoleErrors: /status of 400/ });

      test('a text of nothing but blanks', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.text.fill('   ');
        await dashboard.sendTurn.click();
        await expect(dashboard.alert).toBeVisible();
        await page.screenshot({ path: look('refused') });
      });
    });

    test.describe('disconnected', () => {
      test.use({
        expectedConsoleErrors: /status of 503/,
        baseURL: async ({ privateServer }, use) => use(privateServer.url),
      });

      test('without Redis', async ({ dashboard, page, privateServer, scope }) => {
        await takeTheWalk(dashboard);
        await privateServer.stopRedis();
        await expect(dashboard.connection).toHaveText('Disconnected: Redis does not answer');
        await dashboard.fill('Are you there?');
        await dashboard.sendTurn.click();
        await expect(dashboard.alert).toHaveCount(2);
        await page.screenshot({ path: look('disconnected'), fullPage: true });
        await page.setViewportSize(narrow);
        await page.screenshot({ path: look('disconnected-narrow'), fullPage: true });
        await page.setViewportSize(wide);
        await page.goto(Dashboard.address(scope));
        await hydrated(page);
        await expect(dashboard.alert).toBeVisible();
        await page.screenshot({ path: look('opened-disconnected'), fullPage: true });
        await privateServer.startRedis();
      });
    });
  });
}
