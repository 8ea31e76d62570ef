import type { Page } from '@playwright/test';
import { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';

test.use({ javaScriptEnabled: false });

async function open(page: Page, dashboard: Dashboard, more: Record<string, string> = {}): Promise<void> {
  await page.goto(Dashboard.address(dashboard.scope, more));
}

test('the page is complete', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memory('allergic to peanuts')).toHaveCount(1);
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  await expect(dashboard.recalled).toContainText('Send a turn to see what it recalls.');
  await expect(dashboard.fact('Index')).toHaveText('agentmem:idx');
  await expect(page.getByText('Loading')).toHaveCount(0);
});

test('a turn comes back with its results', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('Remind me which theme I prefer in editors.', { kind: 'episodic' });
  await dashboard.sendTurn.click();
  await expect(dashboard.recentTurns).toContainText('Remind me which theme I prefer in editors.');
  await expect(dashboard.candidates.first()).toContainText('dislikes dark mode');
  await expect(dashboard.candidates.first().getByText('recalled', { exact: true })).toBeVisible();
  await expect(dashboard.candidates).toHaveCount(8);
  await expect(dashboard.lastWrite).toContainText(/new memory [0-9a-f]{12}$/);
  await expect(dashboard.events).toHaveCount(2);
  await expect(dashboard.memories).toHaveCount(9);
  await expect(dashboard.user).toHaveValue(dashboard.scope.user);
  await expect(dashboard.text).toHaveValue('');
});

test('a reload of the results sends nothing again', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('Only once.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await expect(dashboard.recentTurns).toHaveCount(1);
  await page.reload();
  await expect(dashboard.recentTurns).toHaveCount(1);
  await expect(dashboard.recalled).toContainText('For “Only once.”');
});

test('a duplicate says so', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('I prefer concise answers without filler phrases.', { kind: 'semantic' });
  await dashboard.sendTurn.click();
  await expect(dashboard.lastWrite).toContainText(/deduplicated onto [0-9a-f]{12} at 0\.1\d{2}$/);
  await expect(await dashboard.cell(dashboard.memory('concise answers'), 'Hits')).toHaveText('1');
});

test('the threshold is applied by its button, and keeps the results', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await dashboard.threshold.fill('0.3');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(dashboard.threshold).toHaveValue('0.30');
  await expect(dashboard.summary).toContainText('0 recalled; the nearest is at 0.4');
  await dashboard.threshold.fill('0.7');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(dashboard.recalledNow).not.toHaveCount(0);
  await expect(dashboard.recentTurns).toHaveCount(1);
});

test('a goal, notes and a new thread are posted', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('Finish the release notes');
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
  await dashboard.scratchpad.fill('Ask about the deadline.');
  await page.getByRole('button', { name: 'Save notes' }).click();
  await expect(dashboard.scratchpad).toHaveValue('Ask about the deadline.');
  const first = await dashboard.threadId();
  await dashboard.newThread.click();
  await expect(dashboard.fact('Thread')).not.toHaveText(first);
  await expect(dashboard.fact('Goal')).not.toHaveText('Finish the release notes');
});

test('another user is opened by the button, and theirs is another thread', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('On my thread.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await expect(dashboard.recentTurns).toHaveCount(1);
  const bob = `${dashboard.scope.user} bob`;
  await dashboard.user.fill(bob);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dashboard.table(bob)).toHaveAccessibleName(/^0 memories/);
  await expect(dashboard.alert).toHaveCount(0);
  await expect(page.getByText('On my thread.')).toHaveCount(0);
});

test('a turn sent with another user typed is theirs', async ({ dashboard, page }) => {
  await open(page, dashboard);
  const bob = `${dashboard.scope.user} bob`;
  await dashboard.user.fill(bob);
  await dashboard.fill('Mine alone.');
  await dashboard.sendTurn.click();
  await expect(dashboard.table(bob)).toHaveAccessibleName(/^1 memory of /);
  await expect(dashboard.recentTurns).toContainText('Mine alone.');
});

test('a memory is dropped', async ({ dashboard, page }) => {
  await open(page, dashboard);
  const row = dashboard.memory('allergic to peanuts');
  await row.getByLabel(/^Drop memory/).click();
  await row.getByRole('button', { name: 'Drop it' }).click();
  await expect(dashboard.memories).toHaveCount(7);
  await expect(row).toHaveCount(0);
});

test('memories are cleared and re-seeded', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.fill('My favorite color is teal.');
  await dashboard.sendTurn.click();
  await expect(dashboard.memories).toHaveCount(9);
  await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
  await page.getByRole('button', { name: 'Clear and re-seed', exact: true }).click();
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memory('teal')).toHaveCount(0);
});

test('a text of nothing but blanks is refused beside the form', async ({ dashboard, page }) => {
  await open(page, dashboard);
  await dashboard.text.fill('   ');
  await dashboard.sendTurn.click();
  await expect(dashboard.alert).toContainText('The text is required.');
  await expect(dashboard.memories).toHaveCount(8);
});
