import { Dashboard } from '../dashboard';
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

test('two tabs on two threads never mix', async ({ dashboard, context }) => {
  await dashboard.open();
  await dashboard.send('On the first thread.', { kind: 'skip' });
  const other = new Dashboard(await context.newPage(), dashboard.scope);
  await other.open();
  await other.newThread.click();
  await expect(other.recentTurns).toHaveCount(0);
  await other.send('On the second thread.', { kind: 'skip' });
  await dashboard.send('Again on the first thread.', { kind: 'skip' });
  await expect(dashboard.recentTurns).toHaveText([/Again on the first thread\./, /On the first thread\./]);
  await expect(other.recentTurns).toHaveText([/On the second thread\./]);
  await expect(other.recalled).toContainText('For “On the second thread.”');
});
