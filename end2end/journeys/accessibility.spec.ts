import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';

/** WCAG 2.2 AA, contrast and the size of targets included, and axe's best practices. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
  expect(found).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the page after turns, with what moved, commands and reasons', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.send('Remind me which theme I prefer in editors.');
        await dashboard.send('I prefer concise answers without filler phrases.', { kind: 'semantic' });
        await dashboard.fill('Finish the release notes');
        await dashboard.setAsGoal.click();
        await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
        await dashboard.ask('Remind me which theme I prefer in editors.');
        await expectNoViolations(page);
        await dashboard.recallWithin('0.9');
        await expect(dashboard.candidates.getByText('entered', { exact: true })).not.toHaveCount(0);
        await expectNoViolations(page);
        await dashboard.recallWithin('0');
        await expect(dashboard.candidates.getByText('left', { exact: true })).not.toHaveCount(0);
        await dashboard.commands.click();
        await dashboard.reasons(dashboard.candidates.first());
        await dashboard.reasons(dashboard.memories.first(), /over|recalled|beyond/);
        await expectNoViolations(page);
      });

      test('while typing, and with a sorted and filtered table', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.fill('My favorite color is teal.');
        await expect(dashboard.preview).not.toBeEmpty();
        await dashboard.sortBy('Hits');
        await dashboard.find.fill('user');
        await expect(dashboard.table()).toHaveAccessibleName(/, \d match, most hits first$/);
        await expectNoViolations(page);
        await dashboard.find.fill('nowhere to be found');
        await expect(dashboard.longTermMemory).toContainText('No memory matches the filter.');
        await expectNoViolations(page);
      });

      test('the open threads', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.send('Begin.', { kind: 'skip' });
        await dashboard.threadsSwitch.click();
        await expect(dashboard.threads).toHaveCount(1);
        await expectNoViolations(page);
      });

      test('the open help', async ({ page, dashboard }) => {
        await dashboard.open();
        await page.getByRole('button', { name: 'Keys and help' }).click();
        await expect(page.getByRole('region', { name: 'Keys and help' })).toBeVisible();
        await expectNoViolations(page);
      });

      test('the question before everything is cleared, and the way back after a drop', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.dropOf(dashboard.memory('allergic to peanuts')).click();
        await expect(dashboard.undo).toBeVisible();
        await expectNoViolations(page);
        await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
        await expect(page.getByRole('button', { name: 'Clear and re-seed', exact: true })).toBeVisible();
        await expectNoViolations(page);
      });

      test('a draft that somebody else has overtaken', async ({ dashboard, page, redis }) => {
        await dashboard.open();
        await dashboard.send('Begin.', { kind: 'skip' });
        await dashboard.scratchpad.fill('My draft');
        await redis('HSET', `agent:session:${await dashboard.threadId()}`, 'scratchpad', 'Theirs.');
        await expect(dashboard.workingMemory).toContainText('Somebody else stored other notes meanwhile.');
        await expectNoViolations(page);
      });

      test.describe('without memories', () => {
        test.use({ samples: false });

        test('the empty page', async ({ dashboard, page }) => {
          await dashboard.open();
          await expect(dashboard.longTermMemory).toContainText('No memories yet');
          await expectNoViolations(page);
        });
      });

      test.describe('refused', () => {
        test.use({ expectedConsoleErrors: /status of 400/ });

        test('a page with an error', async ({ dashboard, page }) => {
          await dashboard.open();
          await dashboard.text.fill('   ');
          await dashboard.sendTurn.click();
          await expect(dashboard.alert).toBeVisible();
          await expectNoViolations(page);
        });
      });

      test.describe('disconnected', () => {
        test.use({
          expectedConsoleErrors: /status of 503/,
          baseURL: async ({ privateServer }, use) => use(privateServer.url),
        });

        test('a page without Redis, filled and just opened', async ({ dashboard, page, privateServer, scope }) => {
          await dashboard.open();
          await dashboard.send('Remind me which theme I prefer in editors.');
          await privateServer.stopRedis();
          await expect(dashboard.connection).toHaveText('Disconnected: Redis does not answer');
          await expect(dashboard.alert).toBeVisible();
          await expectNoViolations(page);
          await page.goto(Dashboard.address(scope));
          await hydrated(page);
          await expect(dashboard.alert).toBeVisible();
          await expectNoViolations(page);
          await privateServer.startRedis();
        });
      });
    });
  }
}

test.describe('an address that leads nowhere', () => {
  test.use({ expectedConsoleErrors: /status of 404/ });

  test('its page has no violations', async ({ page }) => {
    await page.goto('/no/such/page');
    await expect(page.getByRole('heading', { name: 'Nothing is here' })).toBeVisible();
    await expectNoViolations(page);
  });
});
