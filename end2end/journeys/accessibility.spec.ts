import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
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

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(content, 'the page is no wider than the window').toBeLessThanOrEqual(window);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the full page has no violations', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.send('Remind me which theme I prefer in editors.');
        await dashboard.send('I prefer concise answers without filler phrases.', { kind: 'semantic' });
        await dashboard.fill('Finish the release notes');
        await dashboard.setAsGoal.click();
        await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
        await expectNoViolations(page);
        await expectNoSidewaysScrolling(page);
      });

      test('the open questions have no violations', async ({ dashboard, page }) => {
        await dashboard.open();
        await dashboard.memory('allergic to peanuts').getByLabel(/^Drop memory/).click();
        await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
        await expect(page.getByRole('button', { name: 'Drop it' })).toBeVisible();
        await expectNoViolations(page);
        await expectNoSidewaysScrolling(page);
      });

      test.describe('without memories', () => {
        test.use({ samples: false });

        test('the empty page has no violations', async ({ dashboard, page }) => {
          await dashboard.open();
          await expect(dashboard.longTermMemory).toContainText('No memories yet');
          await expectNoViolations(page);
          await expectNoSidewaysScrolling(page);
        });
      });

      test.describe('refused', () => {
        test.use({ expectedConsoleErrors: /status of 400/ });

        test('a page with an error has no violations', async ({ dashboard, page }) => {
          await dashboard.open();
          await dashboard.text.fill('   ');
          await dashboard.sendTurn.click();
          await expect(dashboard.alert).toBeVisible();
          await expectNoViolations(page);
          await expectNoSidewaysScrolling(page);
        });
      });
    });
  }
}

test('very long words do not widen the page', async ({ dashboard, page }) => {
  await page.setViewportSize({ width: 360, height: 900 });
  await dashboard.open();
  await dashboard.send('x'.repeat(2_000));
  await expect(dashboard.memories).toHaveCount(9);
  await expectNoSidewaysScrolling(page);
});

test.describe('an address that leads nowhere', () => {
  test.use({ expectedConsoleErrors: /status of 404/ });

  test('its page has no violations', async ({ page }) => {
    await page.goto('/no/such/page');
    await expect(page.getByRole('heading', { name: 'Nothing is here' })).toBeVisible();
    await expectNoViolations(page);
  });
});
