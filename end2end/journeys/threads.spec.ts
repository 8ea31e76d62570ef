import type { APIRequestContext } from '@playwright/test';
import type { Scope } from '../dashboard';
import { expect, test } from '../fixtures';

test('a new thread begins empty and leaves memories and the old thread alone', async ({ dashboard, page, redis }) => {
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  const first = await dashboard.threadId();

  await dashboard.newThread.click();
  await expect(dashboard.fact('Thread')).not.toHaveText(first);
  const second = await dashboard.threadId();
  await expect(page).toHaveURL(new RegExp(`thread=${second}`));
  await expect(dashboard.recentTurns).toHaveCount(0);
  await expect(dashboard.events).toHaveText([/thread_started.*user=.* namespace=end2end/]);
  await expect(dashboard.memories).toHaveCount(9);

  await dashboard.send('On the second thread.', { kind: 'skip' });
  expect(await dashboard.threadId()).toBe(second);
  await expect(dashboard.fact('Turns')).toHaveText('1');
  expect(await redis('HGET', `agent:session:${first}`, 'turn_count')).toBe('1');
});

test('back and forward lead through the threads', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('On the first thread.', { kind: 'skip' });
  const first = await dashboard.threadId();
  await dashboard.newThread.click();
  await expect(dashboard.recentTurns).toHaveCount(0);
  const second = await dashboard.threadId();

  await page.goBack();
  await expect(dashboard.fact('Thread')).toHaveText(first);
  await expect(dashboard.recentTurns).toContainText('On the first thread.');
  await page.goForward();
  await expect(dashboard.fact('Thread')).toHaveText(second);
  await expect(dashboard.recentTurns).toHaveCount(0);
});

test('a link to a thread opens that thread', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('On the first thread.', { kind: 'skip' });
  const first = await dashboard.threadId();
  await dashboard.newThread.click();
  await expect(dashboard.recentTurns).toHaveCount(0);
  await dashboard.open({ thread: first });
  await expect(dashboard.recentTurns).toContainText('On the first thread.');
});

test('without a thread in the address the one that was last active opens', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('On the first thread.', { kind: 'skip' });
  await dashboard.newThread.click();
  await expect(dashboard.recentTurns).toHaveCount(0);
  const second = await dashboard.threadId();
  await dashboard.open();
  await expect(dashboard.fact('Thread')).toHaveText(second);
});

test.describe('the switcher', () => {
  /** Three threads, the last of them active last. */
  async function beginThree({ request, scope }: { request: APIRequestContext; scope: Scope }): Promise<string[]> {
    const ids: string[] = [];
    for (const text of ['Plan the harvest festival.', 'Mend the garden fence.', 'Bake rye bread.']) {
      const reply = await request.post('/new_thread', { form: { ...scope } });
      const { thread_id } = (await reply.json()) as { thread_id: string };
      await request.post('/turn', { form: { ...scope, thread_id, text, kind: 'skip' } });
      ids.push(thread_id);
    }
    return ids;
  }

  test('lists the threads, the last active first, and opens another one', async ({ dashboard, page, request, scope }) => {
    const [festival] = await beginThree({ request, scope });
    await dashboard.open();
    await expect(dashboard.threads).toHaveCount(0);
    await dashboard.threadsSwitch.click();
    await expect(dashboard.findThreads).toBeFocused();
    await expect(dashboard.workingMemory).toContainText('3 threads, the last active first');
    await expect(dashboard.threads).toHaveText([/Bake rye bread\./, /Mend the garden fence\./, /Plan the harvest festival\./]);
    await expect(dashboard.threads.first()).toHaveAttribute('aria-current', 'true');
    await expect(dashboard.threads.first()).toContainText('1 turn');

    await dashboard.threads.filter({ hasText: 'harvest festival' }).click();
    await expect(dashboard.fact('Thread')).toHaveText(festival!);
    await expect(dashboard.recentTurns).toHaveText([/Plan the harvest festival\./]);
    await expect(dashboard.threads).toHaveCount(0);
    await page.goBack();
    await expect(dashboard.recentTurns).toHaveText([/Bake rye bread\./]);
    await page.goForward();
    await expect(dashboard.recentTurns).toHaveText([/Plan the harvest festival\./]);
  });

  test('finds threads by goal, last words and id', async ({ dashboard, page, request, scope }) => {
    const [, , bread] = await beginThree({ request, scope });
    await request.post('/turn', { form: { ...scope, thread_id: bread!, text: 'Feed the village', action: 'goal' } });
    await dashboard.open();
    await dashboard.threadsSwitch.click();
    await dashboard.findThreads.fill('fence');
    await expect(dashboard.threads).toHaveText([/Mend the garden fence\./]);
    await expect(dashboard.workingMemory.getByText('1 thread', { exact: true })).toBeVisible();
    await dashboard.findThreads.fill('villa');
    await expect(dashboard.threads).toHaveText([/Feed the village/]);
    await dashboard.findThreads.fill(bread!);
    await expect(dashboard.threads).toHaveCount(1);
    await dashboard.findThreads.fill('zeppelin');
    await expect(dashboard.threads).toHaveCount(0);
    await expect(dashboard.workingMemory).toContainText('No thread');
    await expect(page).toHaveURL(/threads=zeppelin/);
    await dashboard.findThreads.fill('');
    // The list is there again, and has not folded away under the typing hand.
    await expect(dashboard.threads).toHaveCount(3);
    await expect(dashboard.findThreads).toBeFocused();
  });

  test('a thread that becomes active comes to the front by itself', async ({ dashboard, request, scope }) => {
    const [festival] = await beginThree({ request, scope });
    await dashboard.open();
    await dashboard.threadsSwitch.click();
    await expect(dashboard.threads.first()).toContainText('Bake rye bread.');
    await request.post('/turn', { form: { ...scope, thread_id: festival!, text: 'Hire a band.', kind: 'skip' } });
    await expect(dashboard.threads).toHaveText([/Hire a band\..*2 turns/, /Bake rye bread\./, /Mend the garden fence\./]);
  });

  test('holds the threads of this user alone', async ({ dashboard, request, scope }) => {
    await beginThree({ request, scope: { ...scope, user: `${scope.user} bob` } });
    await request.post('/turn', { form: { ...scope, text: 'Mine.', kind: 'skip' } });
    await dashboard.open();
    await dashboard.threadsSwitch.click();
    await expect(dashboard.threads).toHaveText([/Mine\./]);
  });
});
