import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, Page } from '@playwright/test';
import { Dashboard, type Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { documentOf, embeddingOf, memoryOf, writeMemories } from '../foreign';
import type { RedisCommand, RedisLines } from '../server';

test.use({ samples: false });

/** So many notes, note 01 being the oldest; returns their ids. */
async function writeNotes(
  { request, redis, paste }: { request: APIRequestContext; redis: RedisCommand; paste: RedisLines },
  scope: Scope,
  count: number,
): Promise<string[]> {
  const embedding = await embeddingOf(request, redis, scope, 'A note.');
  const notes = Array.from({ length: count }, (_, at) =>
    memoryOf(scope, { embedding, text: `Note ${String(at + 1).padStart(2, '0')}.`, created_ts: 1_795_334_000 + at }),
  );
  await writeMemories(paste, notes);
  return notes.map((note) => note.id);
}

test('a range is picked by Shift, and by keyboard', async ({ dashboard, page, redis, request, paste, scope }) => {
  await writeNotes({ redis, request, paste }, scope, 12);
  await dashboard.open();
  const pick = (at: number) => dashboard.pickOf(dashboard.memories.nth(at));
  const places = () =>
    dashboard.memories.evaluateAll((rows) => rows.map((row) => Math.round(row.getBoundingClientRect().top + window.scrollY)));
  const before = await places();
  await pick(2).click();
  await expect(dashboard.picks).toContainText('1 selected');
  expect(await places(), 'no row moves when the bar comes').toEqual(before);
  await expect(dashboard.pickAll).toHaveJSProperty('indeterminate', true);
  await pick(6).click({ modifiers: ['Shift'] });
  await expect(dashboard.picks).toContainText('5 selected');
  await pick(4).click();
  await expect(dashboard.picks).toContainText('4 selected');
  await dashboard.picks.getByRole('button', { name: 'Clear' }).click();
  await expect(dashboard.picks).toBeHidden();
  await expect(pick(2)).not.toBeChecked();

  await pick(8).focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(pick(10)).toBeFocused();
  await expect(dashboard.picks).toContainText('3 selected');
  await page.keyboard.press('Space');
  await expect(dashboard.picks).toContainText('2 selected');
  await pick(11).focus();
  await page.keyboard.press('Shift+Space');
  await expect(dashboard.picks).toContainText('4 selected');
  await page.keyboard.press('Alt+a');
  await expect(dashboard.picks.getByRole('button', { name: 'Drop' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.longTermMemory).toContainText('Dropped 4 memories.');
  await expect(dashboard.undo).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dashboard.memories).toHaveCount(12);
});

test('forty memories are dropped by five inputs, and are back by one', async ({ dashboard, page, redis, request, paste, scope }) => {
  const ids = await writeNotes({ redis, request, paste }, scope, 60);
  const before = await documentOf(redis, ids[59]!);
  await dashboard.open();
  await dashboard.pickAll.click();
  await expect(dashboard.picks).toContainText('25 selected');
  await dashboard.longTermMemory.getByRole('link', { name: 'Next', exact: true }).click();
  await expect(dashboard.memories.first()).toContainText('Note 35.');
  await dashboard.pickOf(dashboard.memories.nth(0)).click();
  await dashboard.pickOf(dashboard.memories.nth(14)).click({ modifiers: ['Shift'] });
  await expect(dashboard.picks).toContainText('40 selected');
  await dashboard.picks.getByRole('button', { name: 'Drop', exact: true }).click();
  await expect(dashboard.table()).toHaveAccessibleName(/^20 memories of /);
  await expect(dashboard.longTermMemory).toContainText('Dropped 40 memories.');
  await expect(dashboard.picks).toBeHidden();

  await dashboard.undo.click();
  await expect(dashboard.table()).toHaveAccessibleName(/^60 memories of /);
  await expect(dashboard.undo).toHaveCount(0);
  await expect(page).not.toHaveURL(/done=/);
  expect(await documentOf(redis, ids[59]!)).toEqual(before);
});

test('all that match are changed after their number was asked', async ({ dashboard, redis, request, paste, scope }) => {
  const ids = await writeNotes({ redis, request, paste }, scope, 57);
  await dashboard.open();
  await dashboard.pickAll.click();
  await dashboard.picks.getByRole('button', { name: 'Select all 57 that match' }).click();
  await expect(dashboard.picks).toContainText('All 57 that match');
  await dashboard.picks.getByRole('button', { name: 'Drop', exact: true }).click();
  await expect(dashboard.picks).toContainText('Drop 57 memories?');
  await expect(dashboard.memories).toHaveCount(25);
  await dashboard.picks.getByRole('button', { name: 'No' }).click();
  await expect(dashboard.picks).toContainText('All 57 that match');
  await dashboard.picks.getByRole('button', { name: 'Make episodic' }).click();
  await expect(dashboard.picks).toContainText('Make 57 memories episodic?');
  await expect(dashboard.picks.getByRole('button', { name: 'Yes' })).toBeFocused();
  await dashboard.picks.getByRole('button', { name: 'Yes' }).click();
  await expect(dashboard.longTermMemory).toContainText('Made 57 memories episodic.');
  await expect(await dashboard.cell(dashboard.memories.first(), 'Kind')).toHaveText('episodic');
  expect(Number(await redis('TTL', `agent:mem:${ids[0]}`))).toBeGreaterThan(600_000);
  await dashboard.undo.click();
  await expect(await dashboard.cell(dashboard.memories.first(), 'Kind')).toHaveText('semantic');
  await expect.poll(() => redis('TTL', `agent:mem:${ids[0]}`)).toBe('-1');

  await dashboard.find.fill('note 12');
  await expect(dashboard.table()).toHaveAccessibleName(/, 1 match/);
  await expect(dashboard.picks).toBeHidden();
});

test('pinned and made semantic, those that are picked alone', async ({ dashboard, redis, request, paste, scope }) => {
  const ids = await writeNotes({ redis, request, paste }, scope, 3);
  for (const id of ids) await redis('EXPIRE', `agent:mem:${id}`, '9000');
  await dashboard.open();
  await dashboard.pickOf(dashboard.memory('Note 02.')).click();
  await dashboard.picks.getByRole('button', { name: 'Pin' }).click();
  await expect(dashboard.longTermMemory).toContainText('Pinned 1 memory.');
  await expect(await dashboard.cell(dashboard.memory('Note 02.'), 'TTL')).toHaveText('stays');
  await expect(await dashboard.cell(dashboard.memory('Note 01.'), 'TTL')).not.toHaveText('stays');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('rows that are ticked are dropped, and are back', async ({ dashboard, page, redis, request, paste, scope }) => {
    await writeNotes({ redis, request, paste }, scope, 5);
    await page.goto(Dashboard.address(scope));
    await dashboard.pickOf(dashboard.memory('Note 02.')).check();
    await dashboard.pickOf(dashboard.memory('Note 04.')).check();
    await dashboard.picks.getByRole('button', { name: 'Drop', exact: true }).click();
    await expect(dashboard.memories).toHaveCount(3);
    await expect(dashboard.longTermMemory).toContainText('Dropped 2 memories.');
    await dashboard.undo.click();
    await expect(dashboard.memories).toHaveCount(5);
    await dashboard.picks.getByRole('button', { name: 'Drop', exact: true }).click();
    await expect(dashboard.alert).toContainText('The selection has to be at least one memory');
  });
});

async function expectNoViolations(page: Page): Promise<void> {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`))).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the bar and its question have no violations', async ({ dashboard, page, redis, request, paste, scope }) => {
        await writeNotes({ redis, request, paste }, scope, 30);
        await dashboard.open();
        await dashboard.pickAll.click();
        await expect(dashboard.picks).toContainText('25 selected');
        await expectNoViolations(page);
        await dashboard.picks.getByRole('button', { name: 'Select all 30 that match' }).click();
        await dashboard.picks.getByRole('button', { name: 'Drop', exact: true }).click();
        await expect(dashboard.picks).toContainText('Drop 30 memories?');
        await expectNoViolations(page);
        await dashboard.picks.getByRole('button', { name: 'Yes' }).click();
        await expect(dashboard.longTermMemory).toContainText('Dropped 30 memories.');
        await expectNoViolations(page);
      });
    });
  }
}
