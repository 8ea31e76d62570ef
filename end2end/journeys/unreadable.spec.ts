// What other programs wrote and the index cannot read: seen, explained, dropped, brought back.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { Dashboard, type Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { freshId, memoryKey, memoryOf, writeMemories } from '../foreign';
import type { RedisLines } from '../server';

test.use({ samples: false });

const vector = Array.from({ length: 384 }, (_, at) => Math.sin(at + 1) / 14);
const short = [0.1, 0.2, 0.3];

/** Two that the index cannot read, each for another reason; resolves to their ids. */
async function writeUnreadable(paste: RedisLines, scope: Scope, id = freshId()): Promise<[string, string]> {
  const late = { ...memoryOf(scope, { text: 'Signed on a Friday.', embedding: vector }), created_ts: '2026-01-01' as unknown as number };
  await writeMemories(paste, [memoryOf(scope, { id, text: 'The vault has <b>two</b> keys.', embedding: short }), late]);
  return [id, late.id];
}

class Unreadable {
  readonly link: Locator;
  readonly summary: Locator;
  readonly rows: Locator;

  constructor(page: Page) {
    this.link = page.getByRole('link', { name: /^\d+\+? unreadable$/ });
    this.summary = page.getByText(/^\d+\+? documents? that the index cannot read$/);
    this.rows = page.getByRole('list', { name: 'Documents that the index cannot read' }).getByRole('listitem');
  }

  dropOf(id: string): Locator {
    return this.rows.getByRole('button', { name: `Drop unreadable memory ${id}`, exact: true });
  }
}

test('they are counted in the head of the page, and listed with what is wrong', async ({ dashboard, page, paste, scope }) => {
  const unreadable = new Unreadable(page);
  const [first, second] = await writeUnreadable(paste, scope);
  await writeUnreadable(paste, { ...scope, user: `${scope.user} bob` });
  await dashboard.open();
  await expect(unreadable.link).toHaveText('2 unreadable');
  await expect(unreadable.rows).toHaveCount(0);
  await unreadable.link.click();
  await expect(unreadable.summary).toHaveText('2 documents that the index cannot read');
  await expect(unreadable.rows).toHaveCount(2);
  const row = (id: string) => unreadable.rows.filter({ hasText: memoryKey(id) });
  await expect(row(first)).toContainText('The vault has <b>two</b> keys.');
  await expect(row(first)).toContainText('its embedding has 3 numbers instead of 384');
  await expect(row(second)).toContainText('created_ts is not a number');
  await expect(dashboard.memories).toHaveCount(0);
});

test('one that comes is told live, dropped by keyboard, and brought back', async ({ dashboard, page, paste, redis, scope }) => {
  const unreadable = new Unreadable(page);
  await dashboard.open();
  await expect(dashboard.connection).toHaveText('Connected, live');
  await expect(unreadable.link).toHaveCount(0);
  // No program limits its ids.
  const [first, second] = await writeUnreadable(paste, scope, `other-program-${'x'.repeat(200)}`);
  await expect(unreadable.link).toHaveText('2 unreadable');
  await unreadable.summary.focus();
  await page.keyboard.press('Enter');
  await unreadable.dropOf(first).focus();
  await page.keyboard.press('Enter');
  await expect(unreadable.link).toHaveText('1 unreadable');
  await expect(unreadable.rows).toHaveCount(1);
  expect(await redis('EXISTS', memoryKey(first))).toBe('0');
  await expect(page.getByText(`Memory ${first} was dropped.`)).toBeVisible();
  await expect(dashboard.undo).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(unreadable.rows).toHaveCount(2);
  expect(await redis('EXISTS', memoryKey(first))).toBe('1');
  for (const id of [first, second]) {
    await unreadable.dropOf(id).click();
    await expect(unreadable.dropOf(id)).toHaveCount(0);
  }
  await expect(unreadable.link).toHaveCount(0);
  await expect(unreadable.summary).toBeHidden();
});

test('a search that goes on says what it found, and leads back', async ({ dashboard, page }) => {
  await dashboard.open({ unreadable: '0' });
  await expect(page.getByText('Documents that the index cannot read: none found by now')).toBeVisible();
  await expect(new Unreadable(page).link).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to the first ones' }).click();
  await expect(page).not.toHaveURL(/unreadable=/);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a drop and its undo are posted', async ({ dashboard, page, paste, redis, scope }) => {
    const unreadable = new Unreadable(page);
    const [first, second] = await writeUnreadable(paste, scope);
    await page.goto(Dashboard.address(scope));
    await expect(unreadable.link).toHaveText('2 unreadable');
    await unreadable.summary.click();
    await unreadable.dropOf(first).click();
    await expect(unreadable.link).toHaveText('1 unreadable');
    expect(await redis('EXISTS', memoryKey(first), memoryKey(second))).toBe('1');
    await dashboard.undo.click();
    await expect(unreadable.link).toHaveText('2 unreadable');
    await expect(dashboard.undo).toHaveCount(0);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, samples: true });

      test('the list has no violations, and fits', async ({ dashboard, page, paste, scope }) => {
        const unreadable = new Unreadable(page);
        await writeUnreadable(paste, scope, `other-program-${freshId()}-${'x'.repeat(60)}`);
        await dashboard.open();
        await unreadable.link.click();
        await expect(unreadable.rows).toHaveCount(2);
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary}`))).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        if (process.env.SCREENSHOTS) {
          await page.screenshot({ path: `${process.env.SCREENSHOTS}/unreadable-${colorScheme}-${width}.png`, fullPage: true });
        }
      });
    });
  }
}
