import { expect, test } from '../fixtures';
import { sessionKey } from '../foreign';

test.beforeEach(async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
});

test('a draft survives what others do meanwhile', async ({ dashboard, request, scope }) => {
  await dashboard.scratchpad.fill('My draft');
  await request.post('/turn', { form: { ...scope, text: 'Said meanwhile.', kind: 'skip' } });
  await expect(dashboard.recentTurns.first()).toContainText('Said meanwhile.');
  await expect(dashboard.scratchpad).toHaveValue('My draft');
  await expect(dashboard.scratchpad).toBeFocused();
  await expect(dashboard.workingMemory.getByRole('button', { name: 'Show theirs' })).toHaveCount(0);
});

test('a draft survives foreign notes, which are told and can be shown', async ({ dashboard, redis }) => {
  const key = sessionKey(await dashboard.threadId());
  await dashboard.scratchpad.fill('My draft');
  await redis('HSET', key, 'scratchpad', 'Theirs.');
  await expect(dashboard.workingMemory).toContainText('Somebody else stored other notes meanwhile.');
  await expect(dashboard.scratchpad).toHaveValue('My draft');
  await dashboard.workingMemory.getByRole('button', { name: 'Show theirs' }).click();
  await expect(dashboard.scratchpad).toHaveValue('Theirs.');
  await expect(dashboard.workingMemory).not.toContainText('Somebody else');
  expect(await redis('HGET', key, 'scratchpad')).toBe('Theirs.');
});

test('a draft that is saved all the same takes the place of theirs', async ({ dashboard, redis }) => {
  const key = sessionKey(await dashboard.threadId());
  await dashboard.scratchpad.fill('My draft');
  await redis('HSET', key, 'scratchpad', 'Theirs.');
  await expect(dashboard.workingMemory).toContainText('Somebody else stored other notes meanwhile.');
  await dashboard.saveNotes.click();
  await expect(dashboard.workingMemory).not.toContainText('Somebody else');
  await expect(dashboard.scratchpad).toHaveValue('My draft');
  expect(await redis('HGET', key, 'scratchpad')).toBe('My draft');
  // No draft any more: what comes now is shown at once.
  await redis('HSET', key, 'scratchpad', 'Theirs again.');
  await expect(dashboard.scratchpad).toHaveValue('Theirs again.');
});

test('what is typed while notes are being saved stays', async ({ dashboard, page, redis }) => {
  const key = sessionKey(await dashboard.threadId());
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/fn/scratchpad', async (route) => {
    await held;
    await route.continue();
  });
  await dashboard.scratchpad.fill('First');
  await dashboard.saveNotes.click();
  await dashboard.scratchpad.fill('First and second');
  answer();
  await expect.poll(() => redis('HGET', key, 'scratchpad')).toBe('First');
  await dashboard.saveNotes.click();
  await expect.poll(() => redis('HGET', key, 'scratchpad')).toBe('First and second');
  await expect(dashboard.workingMemory).not.toContainText('Somebody else');
});

test('a draft stays with its thread', async ({ dashboard, page, redis }) => {
  const first = await dashboard.threadId();
  await dashboard.scratchpad.fill('For the first thread');
  await dashboard.newThread.click();
  await expect(dashboard.recentTurns).toHaveCount(0);
  await expect(dashboard.scratchpad).toHaveValue('');
  await page.goBack();
  await expect(dashboard.fact('Thread')).toHaveText(first);
  await expect(dashboard.scratchpad).toHaveValue('For the first thread');
  expect(await redis('HGET', sessionKey(first), 'scratchpad')).toBe('');
});

test('notes can be emptied', async ({ dashboard, redis }) => {
  const key = sessionKey(await dashboard.threadId());
  await redis('HSET', key, 'scratchpad', 'Old.');
  await expect(dashboard.scratchpad).toHaveValue('Old.');
  await dashboard.scratchpad.fill('');
  await dashboard.saveNotes.click();
  await expect.poll(() => redis('HGET', key, 'scratchpad')).toBe('');
  await expect(dashboard.scratchpad).toHaveValue('');
});
