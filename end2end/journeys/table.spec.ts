import type { APIRequestContext } from '@playwright/test';
import type { Dashboard, Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { embeddingOf, memoryKey, memoryOf, writeMemories } from '../foreign';
import type { RedisCommand, RedisLines } from '../server';

test.use({ samples: false });

interface Stores {
  request: APIRequestContext;
  redis: RedisCommand;
  paste: RedisLines;
}

/** Four memories that differ in every column; the first is about the archive key. */
async function writeFour({ request, redis, paste }: Stores, scope: Scope): Promise<void> {
  const [near, far] = await Promise.all([
    embeddingOf(request, redis, scope, 'The archive key lies under the third flower pot.'),
    embeddingOf(request, redis, { ...scope, user: `${scope.user} far` }, 'Quarterly revenue grew by four percent.'),
  ]);
  const mix = (share: number) => near.map((value, at) => value * share + (far[at] ?? 0) * (1 - share));
  const rows: [text: string, kind: string, hits: number, source: string, share: number, ttlSeconds: number][] = [
    ['Delta.', 'episodic', 3, 'bbb', 1, 9_000],
    ['Alpha.', 'semantic', 7, 'ddd', 0.7, 0],
    ['Charlie.', 'episodic', 0, 'aaa', 0.4, 50_000],
    ['Bravo.', 'semantic', 1, 'ccc', 0, 300],
  ];
  const memories = rows.map(([text, kind, hit_count, source_thread, share], at) =>
    memoryOf(scope, { text, kind, hit_count, source_thread, created_ts: 1_795_334_000 + at, embedding: mix(share) }),
  );
  await writeMemories(paste, memories);
  for (const [at, [, , , , , ttlSeconds]] of rows.entries()) {
    if (ttlSeconds > 0) await redis('EXPIRE', memoryKey(memories[at]!.id), String(ttlSeconds));
  }
}

/** Sixty memories, note 01 being the oldest; every third is semantic. */
async function writeSixty({ request, redis, paste }: Stores, scope: Scope): Promise<void> {
  const embedding = await embeddingOf(request, redis, scope, 'A note.');
  const memories = Array.from({ length: 60 }, (_, at) => {
    const number = String(at + 1).padStart(2, '0');
    const kind = at % 3 === 0 ? 'semantic' : 'episodic';
    return memoryOf(scope, { embedding, kind, text: `Note ${number}.`, created_ts: 1_795_334_000 + at });
  });
  await writeMemories(paste, memories);
}

/** The table shows these rows, in this order. */
async function expectOrder(dashboard: Dashboard, texts: string[]): Promise<void> {
  await expect(dashboard.memories).toHaveText(texts.map((text) => new RegExp(text)));
}

/** What the rows would be called, from one note to another one. */
function notes(from: number, to: number): string[] {
  const step = from < to ? 1 : -1;
  const count = Math.abs(to - from) + 1;
  return Array.from({ length: count }, (_, at) => `Note ${String(from + at * step).padStart(2, '0')}\\.`);
}

test.describe('of four memories', () => {
  test.beforeEach(async ({ request, redis, paste, scope }) => {
    await writeFour({ request, redis, paste }, scope);
  });

  test('the newest memories come first, and every column sorts both ways', async ({ dashboard, page, scope }) => {
    await dashboard.open();
    await dashboard.ask('The archive key lies under the third flower pot.');
    const created = ['Bravo', 'Charlie', 'Alpha', 'Delta'];
    await expectOrder(dashboard, created);
    await expect(dashboard.heading('Created')).toHaveAttribute('aria-sort', 'descending');

    const columns: [column: string, texts: string[], order: 'ascending' | 'descending', words: string][] = [
      ['Text', ['Alpha', 'Bravo', 'Charlie', 'Delta'], 'ascending', 'by text, from A'],
      ['Distance', ['Delta', 'Alpha', 'Charlie', 'Bravo'], 'ascending', 'nearest first'],
      ['Hits', ['Alpha', 'Delta', 'Bravo', 'Charlie'], 'descending', 'most hits first'],
      ['TTL', ['Bravo', 'Delta', 'Charlie', 'Alpha'], 'ascending', 'shortest life first'],
      ['Source thread', ['Charlie', 'Delta', 'Bravo', 'Alpha'], 'ascending', 'by thread, from 0'],
      ['Created', created, 'descending', 'newest first'],
    ];
    for (const [column, texts, order, words] of columns) {
      await test.step(column, async () => {
        await dashboard.sortBy(column);
        await expect(dashboard.heading(column)).toHaveAttribute('aria-sort', order);
        await expect(dashboard.table()).toHaveAccessibleName(`4 memories of ${scope.user} in end2end, ${words}`);
        await expectOrder(dashboard, texts);
        await dashboard.sortBy(column);
        const other = order === 'ascending' ? 'descending' : 'ascending';
        await expect(dashboard.heading(column)).toHaveAttribute('aria-sort', other);
        await expectOrder(dashboard, texts.toReversed());
        await expect(page.getByRole('columnheader').and(page.locator('[aria-sort]'))).toHaveCount(1);
      });
    }

    await test.step('Kind', async () => {
      await dashboard.sortBy('Kind');
      await expectOrder(dashboard, ['episodic', 'episodic', 'semantic', 'semantic']);
      await dashboard.sortBy('Kind');
      await expectOrder(dashboard, ['semantic', 'semantic', 'episodic', 'episodic']);
    });
  });

  test('the field keeps what is typed while the table follows', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.find.pressSequentially('bravo charlie', { delay: 60 });
    await expect(dashboard.find).toHaveValue('bravo charlie');
    await expect(dashboard.memories).toHaveCount(0);
    await expect(dashboard.find).toBeFocused();
  });

  test('the order survives back, forward and a reload', async ({ dashboard, page }) => {
    await dashboard.open();
    await dashboard.sortBy('Text');
    await expectOrder(dashboard, ['Alpha', 'Bravo', 'Charlie', 'Delta']);
    await dashboard.sortBy('Hits');
    await expectOrder(dashboard, ['Alpha', 'Delta', 'Bravo', 'Charlie']);
    await page.goBack();
    await expectOrder(dashboard, ['Alpha', 'Bravo', 'Charlie', 'Delta']);
    await expect(dashboard.heading('Text')).toHaveAttribute('aria-sort', 'ascending');
    await page.reload();
    await expectOrder(dashboard, ['Alpha', 'Bravo', 'Charlie', 'Delta']);
    await page.goForward();
    await expectOrder(dashboard, ['Alpha', 'Delta', 'Bravo', 'Charlie']);
  });

  test('a page beyond the last one says so, and leads back', async ({ dashboard }) => {
    await dashboard.open({ page: '9' });
    await expect(dashboard.pagerText).toHaveText('nothing on page 9 of 1');
    await dashboard.longTermMemory.getByRole('link', { name: 'Previous' }).click();
    await expect(dashboard.memories).toHaveCount(4);
  });
});

test.describe('of sixty memories', () => {
  test.beforeEach(async ({ request, redis, paste, scope }) => {
    await writeSixty({ request, redis, paste }, scope);
  });

  test('words and kind filter the table, and the filter stands in the URL', async ({ dashboard, page }) => {
    await dashboard.open();
    await dashboard.show.selectOption('semantic');
    await expect(dashboard.table()).toHaveAccessibleName(/^60 memories of .*, 20 match, newest first$/);
    await expect(dashboard.memories).toHaveCount(20);
    await dashboard.find.fill('NOTE 58');
    await expect(dashboard.memories).toHaveText([/Note 58\./]);
    await expect(page).toHaveURL(/show=semantic.*find=NOTE%2058/);
    await page.reload();
    await expect(dashboard.find).toHaveValue('NOTE 58');
    await expect(dashboard.show).toHaveValue('semantic');
    await expect(dashboard.memories).toHaveCount(1);

    await dashboard.find.fill('nowhere to be found');
    await expect(dashboard.memories).toHaveCount(0);
    await expect(dashboard.longTermMemory).toContainText('No memory matches the filter.');
    await expect(dashboard.table()).toHaveAccessibleName(/^60 memories of .*, 0 match/);
    await dashboard.find.fill('');
    await dashboard.show.selectOption('');
    await expect(dashboard.pagerText).toHaveText('1–25 of 60');
    await expect(page).not.toHaveURL(/show=|find=/);
  });

  test('sixty memories are paged by twenty-five, forwards and back', async ({ dashboard, page }) => {
    await dashboard.open();
    const [next, previous] = ['Next', 'Previous'].map((name) =>
      dashboard.longTermMemory.getByRole('link', { name, exact: true }),
    );
    await expect(dashboard.pagerText).toHaveText('1–25 of 60');
    await expectOrder(dashboard, notes(60, 36));
    await expect(previous!).toHaveCount(0);
    await next!.click();
    await expect(dashboard.pagerText).toHaveText('26–50 of 60');
    await expectOrder(dashboard, notes(35, 11));
    await next!.click();
    await expect(dashboard.pagerText).toHaveText('51–60 of 60');
    await expectOrder(dashboard, notes(10, 1));
    await expect(next!).toHaveCount(0);

    await page.reload();
    await expect(dashboard.pagerText).toHaveText('51–60 of 60');
    await expect(dashboard.memories).toHaveCount(10);
    await page.goBack();
    await expect(dashboard.pagerText).toHaveText('26–50 of 60');
    await expectOrder(dashboard, notes(35, 11));
    await page.goForward();
    await expect(dashboard.pagerText).toHaveText('51–60 of 60');
    await previous!.click();
    await expect(page).toHaveURL(/page=2/);
    await dashboard.sortBy('Text');
    await expect(dashboard.pagerText).toHaveText('1–25 of 60');
    await expectOrder(dashboard, notes(1, 25));
  });
});

test('a source thread leads to that thread', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('On the first thread.');
  const first = await dashboard.threadId();
  await dashboard.newThread.click();
  await expect(dashboard.recentTurns).toHaveCount(0);
  await dashboard.memory('On the first thread.').getByRole('link', { name: first }).click();
  await expect(dashboard.fact('Thread')).toHaveText(first);
  await expect(dashboard.recentTurns).toHaveText([/On the first thread\./]);
  await expect(page).toHaveURL(new RegExp(`thread=${first}`));
});

test('capital letters make no difference to the order', async ({ dashboard }) => {
  await dashboard.open();
  for (const text of ['Zebras have stripes.', 'apples are red.', 'Boats float.']) await dashboard.send(text);
  await dashboard.sortBy('Text');
  await expectOrder(dashboard, ['apples', 'Boats', 'Zebras']);
});
