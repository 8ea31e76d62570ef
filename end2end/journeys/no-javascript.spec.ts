// Every form posts and comes back.
import type { Page } from '@playwright/test';
import { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';
import { documentOf } from '../foreign';

test.use({ javaScriptEnabled: false });

test.beforeEach(async ({ dashboard, page }) => {
  await page.goto(Dashboard.address(dashboard.scope));
});

/** Presses a button that serves only here. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

test('the page is complete', async ({ dashboard, page }) => {
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memory('allergic to peanuts')).toHaveCount(1);
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  await expect(dashboard.recalled).toContainText('Send a turn to see what it recalls');
  await expect(dashboard.fact('Index')).toHaveText('agentmem:idx');
  await expect(dashboard.connection).toHaveText('Not live');
  await expect(dashboard.slider).toHaveCount(0);
  await expect(page.getByText('Loading')).toHaveCount(0);
});

test('each button that serves only here can be pressed', async ({ dashboard, page }) => {
  await dashboard.threadsSwitch.click();
  for (const name of ['Open', 'Apply', 'Search', 'Filter']) {
    const button = page.getByRole('button', { name, exact: true });
    await expect(button).toBeVisible();
    expect((await button.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(24);
  }
});

test('a turn comes back with its results', async ({ dashboard }) => {
  await dashboard.fill('Remind me which theme I prefer in editors.', { kind: 'episodic' });
  await dashboard.sendTurn.click();
  await expect(dashboard.recentTurns).toContainText('Remind me which theme I prefer in editors.');
  await expect(dashboard.candidates.first()).toContainText('dislikes dark mode');
  await expect(dashboard.candidates.first().getByText('recalled', { exact: true })).toBeVisible();
  await expect(dashboard.candidates).toHaveCount(8);
  await expect(dashboard.axis.locator('circle')).toHaveCount(8);
  await expect(dashboard.lastWrite).toContainText(/new memory [0-9a-f]{12}$/);
  await expect(dashboard.events).toHaveCount(2);
  await expect(dashboard.memories).toHaveCount(9);
  await expect(dashboard.user).toHaveValue(dashboard.scope.user);
  await expect(dashboard.text).toHaveValue('');
});

test('the kind that was chosen stays chosen', async ({ dashboard }) => {
  await dashboard.fill('My favorite color is teal.', { kind: 'semantic' });
  await dashboard.sendTurn.click();
  await expect(await dashboard.cell(dashboard.memory('teal'), 'Kind')).toHaveText('semantic');
  await expect(dashboard.kind).toHaveValue('semantic');
});

test('a probe comes back with its results and its preview, and writes nothing', async ({ dashboard, page }) => {
  await dashboard.fill('I prefer concise answers without filler phrases.', { kind: 'semantic' });
  await dashboard.probe.click();
  await expect(dashboard.recalled).toContainText('Probed “I prefer concise answers without filler phrases.”');
  await expect(dashboard.candidates.first()).toContainText('concise answers');
  await expect(dashboard.preview).toContainText(/would be deduplicated onto [0-9a-f]{12} “.*” at 0\.1\d\d, which then stays/);
  await expect(dashboard.lastWrite).toHaveText('Last write only asked: nothing written, nothing logged');
  await expect(dashboard.fact('Thread')).toHaveText('none yet');
  await expect(await dashboard.cell(dashboard.memory('concise answers'), 'Hits')).toHaveText('0');
  await expect(page).toHaveURL(/[?&]q=|[?&]text=/);
});

test('a reload of the results sends nothing again', async ({ dashboard, page }) => {
  await dashboard.fill('Only once.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await expect(dashboard.recentTurns).toHaveCount(1);
  await page.reload();
  await expect(dashboard.recentTurns).toHaveCount(1);
  await expect(dashboard.recalled).toContainText('For “Only once.”');
});

test('a duplicate says so', async ({ dashboard }) => {
  await dashboard.fill('I prefer concise answers without filler phrases.', { kind: 'semantic' });
  await dashboard.sendTurn.click();
  await expect(dashboard.lastWrite).toContainText(/deduplicated onto [0-9a-f]{12} at 0\.1\d{2}$/);
  await expect(await dashboard.cell(dashboard.memory('concise answers'), 'Hits')).toHaveText('1');
});

test('reasons and commands unfold', async ({ dashboard, page }) => {
  await dashboard.fill('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  const reasons = await dashboard.reasons(dashboard.candidates.first());
  await expect(reasons.first()).toContainText('is within the threshold 0.55');
  await dashboard.commands.click();
  await expect(page.getByRole('region', { name: 'Commands to recall' })).toContainText('FT.SEARCH');
});

test('the threshold is applied by its button, and keeps the results', async ({ dashboard, page }) => {
  await dashboard.fill('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await dashboard.threshold.fill('0.3');
  await press(page, 'Apply');
  await expect(dashboard.threshold).toHaveValue('0.30');
  await expect(dashboard.summary).toContainText('0 recalled; the nearest is at 0.4');
  await dashboard.threshold.fill('0.9');
  await dashboard.only.selectOption('episodic');
  await press(page, 'Apply');
  await expect(dashboard.candidates).toHaveCount(3);
  await expect(dashboard.only).toHaveValue('episodic');
  await expect(dashboard.threshold).toHaveValue('0.90');
  await dashboard.only.selectOption('');
  await press(page, 'Apply');
  await expect(dashboard.candidates).toHaveCount(8);
  await expect(dashboard.recentTurns).toHaveCount(1);
});

test('a goal, notes and a new thread are posted', async ({ dashboard }) => {
  await dashboard.fill('Finish the release notes');
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
  await dashboard.scratchpad.fill('Ask about the deadline.');
  await dashboard.saveNotes.click();
  await expect(dashboard.scratchpad).toHaveValue('Ask about the deadline.');
  const first = await dashboard.threadId();
  await dashboard.newThread.click();
  await expect(dashboard.fact('Thread')).not.toHaveText(first);
  await expect(dashboard.fact('Goal')).toHaveText('none');
});

test('threads are searched and opened', async ({ dashboard, page, request, scope }) => {
  for (const text of ['Plan the harvest festival.', 'Bake rye bread.']) {
    const reply = await request.post('/new_thread', { form: { ...scope } });
    const { thread_id } = (await reply.json()) as { thread_id: string };
    await request.post('/turn', { form: { ...scope, thread_id, text, kind: 'skip' } });
  }
  await page.reload();
  await dashboard.threadsSwitch.click();
  await expect(dashboard.threads).toHaveCount(2);
  await dashboard.findThreads.fill('harvest');
  await press(page, 'Search');
  await expect(dashboard.threads).toHaveText([/Plan the harvest festival\./]);
  await dashboard.threads.first().click();
  await expect(dashboard.recentTurns).toHaveText([/Plan the harvest festival\./]);
  await expect(dashboard.threads).toHaveCount(0);
});

test('the table is sorted, filtered and paged', async ({ dashboard, page, request, scope }) => {
  for (let number = 1; number <= 20; number += 1) {
    const text = `${'abcdefghijklmnopqrst'[number - 1]!.repeat(5)} is word number ${number ** 3}.`;
    await request.post('/turn', { form: { ...scope, text, kind: number % 2 ? 'semantic' : 'episodic' } });
  }
  await page.reload();
  const count = Number(/^\d+/.exec(await page.getByRole('table').locator('caption').innerText())?.[0]);
  expect(count).toBeGreaterThan(25);
  await expect(dashboard.pagerText).toHaveText(`1–25 of ${count}`);
  await dashboard.longTermMemory.getByRole('link', { name: 'Next' }).click();
  await expect(dashboard.pagerText).toHaveText(count === 26 ? '26 of 26' : `26–${count} of ${count}`);
  await dashboard.sortBy('Text');
  await expect(dashboard.heading('Text')).toHaveAttribute('aria-sort', 'ascending');
  await expect(dashboard.pagerText).toHaveText(`1–25 of ${count}`);
  await dashboard.find.fill('peanuts');
  await dashboard.show.selectOption('semantic');
  await press(page, 'Filter');
  await expect(dashboard.memories).toHaveText([/allergic to peanuts/]);
  await expect(dashboard.find).toHaveValue('peanuts');
  await expect(dashboard.show).toHaveValue('semantic');
  await expect(dashboard.heading('Text')).toHaveAttribute('aria-sort', 'ascending');
  await dashboard.find.fill('');
  await dashboard.show.selectOption('');
  await press(page, 'Filter');
  await expect(dashboard.pagerText).toHaveText(`1–25 of ${count}`);
});

test('another user is opened by the button, and theirs is another thread', async ({ dashboard, page }) => {
  await dashboard.fill('On my thread.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await expect(dashboard.recentTurns).toHaveCount(1);
  const bob = `${dashboard.scope.user} bob`;
  await dashboard.user.fill(bob);
  await press(page, 'Open');
  await expect(dashboard.table(bob)).toHaveAccessibleName(/^0 memories/);
  await expect(dashboard.alert).toHaveCount(0);
  await expect(page.getByText('On my thread.')).toHaveCount(0);
});

test('a turn sent with another user typed is theirs', async ({ dashboard }) => {
  const bob = `${dashboard.scope.user} bob`;
  await dashboard.user.fill(bob);
  await dashboard.fill('Mine alone.');
  await dashboard.sendTurn.click();
  await expect(dashboard.table(bob)).toHaveAccessibleName(/^1 memory of /);
  await expect(dashboard.recentTurns).toContainText('Mine alone.');
});

test('a memory is dropped, and brought back', async ({ dashboard, page, redis }) => {
  const row = dashboard.memory('allergic to peanuts');
  const id = await dashboard.idOf(row);
  const document = await documentOf(redis, id);
  await dashboard.dropOf(row).click();
  await expect(dashboard.memories).toHaveCount(7);
  await expect(row).toHaveCount(0);
  await dashboard.undo.click();
  await expect(row).toHaveCount(1);
  await expect(dashboard.undo).toHaveCount(0);
  await expect(page).not.toHaveURL(/dropped=/);
  expect(await documentOf(redis, id)).toEqual(document);
});

test('memories are cleared and re-seeded', async ({ dashboard, page }) => {
  await dashboard.fill('My favorite color is teal.');
  await dashboard.sendTurn.click();
  await expect(dashboard.memories).toHaveCount(9);
  await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
  await press(page, 'Clear and re-seed');
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memory('teal')).toHaveCount(0);
});

test('the help opens and closes', async ({ page }) => {
  await press(page, 'Keys and help');
  await expect(page.getByRole('heading', { name: 'Keys and help' })).toBeVisible();
  await press(page, 'Close');
  await expect(page.getByRole('heading', { name: 'Keys and help' })).toBeHidden();
});

test('a text of nothing but blanks is refused, and the way back leads to the same page', async ({ dashboard, page }) => {
  await dashboard.text.fill('   ');
  await dashboard.sendTurn.click();
  await expect(dashboard.alert).toContainText('The text is required.');
  await expect(dashboard.memories).toHaveCount(8);
  await expect(page).toHaveURL(new RegExp(`user=${encodeURIComponent(dashboard.scope.user).replaceAll('%20', '(%20|\\+)')}`));
});
