import { expect, test } from '../fixtures';
import { documentOf, embeddingOf, memoryKey, memoryOf, writeMemories } from '../foreign';

test('one memory is dropped at once, and only that one', async ({ dashboard, page, redis }) => {
  await dashboard.open();
  const row = dashboard.memory('allergic to peanuts');
  const id = await dashboard.idOf(row);
  await dashboard.dropOf(row).click();
  await expect(row).toHaveCount(0);
  await expect(dashboard.memories).toHaveCount(7);
  await expect(dashboard.table()).toHaveAccessibleName(/^7 memories of /);
  await expect(dashboard.longTermMemory).toContainText('Dropped “User is allergic to peanuts; restaurant suggestions have to…”.');
  await expect(page).toHaveURL(new RegExp(`dropped=${id}`));
  expect(await redis('EXISTS', memoryKey(id))).toBe('0');
});

test('undo brings back the very same memory, with its hits, vector and lifetime', async ({ dashboard, page, redis }) => {
  await dashboard.open();
  await dashboard.send('The deploy window is Tuesday at ten.');
  await dashboard.send('The deploy window is Tuesday at ten.');
  const row = dashboard.memory('deploy window');
  await expect(await dashboard.cell(row, 'Hits')).toHaveText('1');
  const id = await dashboard.idOf(row);
  const document = await documentOf(redis, id);
  const ttlSeconds = Number(await redis('TTL', memoryKey(id)));
  const shown = await row.getByRole('cell').allInnerTexts();

  await dashboard.dropOf(row).click();
  await expect(row).toHaveCount(0);
  await dashboard.undo.click();
  await expect(row).toHaveCount(1);
  await expect(dashboard.undo).toHaveCount(0);
  await expect(page).not.toHaveURL(/dropped=/);
  expect(await documentOf(redis, id)).toEqual(document);
  expect(ttlSeconds - Number(await redis('TTL', memoryKey(id)))).toBeLessThanOrEqual(60);
  const ages = /\d+ s ago|just now|7 d|6 d 23 h/;
  const withoutAges = (cells: string[]) => cells.map((cell) => cell.replace(ages, ''));
  expect(withoutAges(await row.getByRole('cell').allInnerTexts())).toEqual(withoutAges(shown));
  await expect(dashboard.memories).toHaveCount(9);
});

test('a memory that stays still stays after an undo', async ({ dashboard, redis }) => {
  await dashboard.open();
  const row = dashboard.memory('allergic to peanuts');
  const id = await dashboard.idOf(row);
  await dashboard.dropOf(row).click();
  await dashboard.undo.click();
  await expect(await dashboard.cell(row, 'TTL')).toHaveText('stays');
  expect(await redis('TTL', memoryKey(id))).toBe('-1');
});

test('after ten seconds the way back is gone, and the memory with it', async ({ dashboard, page, redis }) => {
  await page.clock.install();
  await dashboard.open();
  const row = dashboard.memory('allergic to peanuts');
  const id = await dashboard.idOf(row);
  await dashboard.dropOf(row).click();
  await expect(dashboard.undo).toBeVisible();
  await page.clock.fastForward(8_000);
  await expect(dashboard.undo).toBeVisible();
  await page.clock.fastForward(3_000);
  await expect(dashboard.undo).toHaveCount(0);
  await expect(page).not.toHaveURL(/dropped=/);
  await expect(dashboard.longTermMemory).not.toContainText('Dropped');
  await expect(row).toHaveCount(0);
  expect(await redis('EXISTS', memoryKey(id))).toBe('0');
});

test('a second drop takes the place of the first one\'s undo', async ({ dashboard }) => {
  await dashboard.open();
  const [peanuts, berlin] = [dashboard.memory('allergic to peanuts'), dashboard.memory('lives in Berlin')];
  await dashboard.dropOf(peanuts).click();
  await expect(peanuts).toHaveCount(0);
  await dashboard.dropOf(berlin).click();
  await expect(dashboard.longTermMemory).toContainText(/Dropped “[^”]*Berlin[^”]*”\./);
  await expect(dashboard.undo).toHaveCount(1);
  await dashboard.undo.click();
  await expect(berlin).toHaveCount(1);
  await expect(peanuts).toHaveCount(0);
});

test('a dropped memory is no candidate any more, and is one again after an undo', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('Which food must I avoid because of my allergy?', { kind: 'skip' });
  await expect(dashboard.candidate('allergic to peanuts')).toHaveCount(1);
  await dashboard.dropOf(dashboard.memory('allergic to peanuts')).click();
  await expect(dashboard.candidate('allergic to peanuts')).toHaveCount(0);
  await expect(dashboard.candidates).toHaveCount(7);
  await dashboard.undo.click();
  await expect(dashboard.candidate('allergic to peanuts')).toHaveCount(1);
  await expect(dashboard.candidates).toHaveCount(8);
});

test('a memory that somebody else dropped goes by itself, without a way back', async ({ dashboard, request }) => {
  await dashboard.open();
  const row = dashboard.memory('lives in Berlin');
  const id = await dashboard.idOf(row);
  await request.post('/drop_memory', { form: { memory_id: id } });
  await expect(row).toHaveCount(0);
  await expect(dashboard.undo).toHaveCount(0);
  await expect(dashboard.alert).toHaveCount(0);
});

test('a memory that was dropped elsewhere while its button was pressed is gone all the same', async ({
  dashboard,
  page,
  request,
}) => {
  await dashboard.open();
  const row = dashboard.memory('lives in Berlin');
  const id = await dashboard.idOf(row);
  await page.route('**/api/fn/drop_memory', async (route) => {
    await request.post('/drop_memory', { form: { memory_id: id } });
    await route.continue();
  });
  await dashboard.dropOf(row).click();
  await expect(row).toHaveCount(0);
  await expect(dashboard.undo).toHaveCount(0);
  await expect(dashboard.alert).toHaveCount(0);
});

test('an undo that comes too late says so', async ({ dashboard, page }) => {
  await dashboard.open({ dropped: '0123456789ab' });
  await expect(page.getByText('Memory 0123456789ab was dropped.')).toBeVisible();
  await dashboard.undo.click();
  await expect(page.getByText('It could no longer be brought back.')).toBeVisible();
  await expect(dashboard.undo).toHaveCount(0);
  await expect(dashboard.memories).toHaveCount(8);
});

test('no row moves under a hand that aims at Drop', async ({ dashboard, page, paste, redis, request, scope }) => {
  const embedding = await embeddingOf(request, redis, scope, 'My favorite color is teal.');
  await dashboard.open();
  const [first, second] = [dashboard.memories.nth(0), dashboard.memories.nth(1)];
  const ids = [await dashboard.idOf(first), await dashboard.idOf(second)];
  await dashboard.dropOf(second).hover();
  const now = Date.now() / 1000;
  const others = ['Written by another program.', 'And one more.'];
  await writeMemories(paste, others.map((text, at) => memoryOf(scope, { embedding, text, created_ts: now + at })));
  await expect(dashboard.longTermMemory).toContainText('2 more, once the row is left');
  await expect(dashboard.table()).toHaveAccessibleName(/^10 memories of /);
  expect([await dashboard.idOf(first), await dashboard.idOf(second)]).toEqual(ids);
  await page.mouse.down();
  await page.mouse.up();
  await expect(page).toHaveURL(new RegExp(`dropped=${ids[1]}`));
  await dashboard.find.hover();
  await dashboard.find.focus();
  await expect(dashboard.memories).toHaveCount(9);
  await expect(dashboard.memories.nth(0)).toContainText('And one more.');
  await expect(dashboard.longTermMemory).not.toContainText('once the row is left');
});
