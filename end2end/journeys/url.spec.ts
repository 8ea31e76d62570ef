// The URL says what is seen.
import type { Page } from '@playwright/test';
import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';

/** A part of the page as it is read out, without what goes by. */
async function readOut(page: Page, part: string): Promise<string> {
  const snapshot = await page.getByRole('region', { name: part, exact: true }).ariaSnapshot();
  return snapshot.replaceAll(/just now|\d+ (s|min) ago/g, 'ago').replaceAll(/\b\d+ (h|min)( \d+ min)?|\b[67] d( \d+ h)?/g, 'a while');
}

test('a link reproduces what is seen: turn, threshold, kind, table', async ({ dashboard, page, context }) => {
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  await dashboard.send('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await dashboard.only.selectOption('semantic');
  await expect(dashboard.candidates).toHaveCount(5);
  await dashboard.recallWithin('0.9');
  await dashboard.sortBy('Distance');
  await dashboard.show.selectOption('semantic');
  await dashboard.find.fill('user');
  await expect(dashboard.memories).toHaveCount(5);
  await expect(page).toHaveURL(/find=user/);

  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  await expect(other.getByLabel('Remember as')).toHaveValue('skip');
  await expect(other.getByRole('spinbutton', { name: 'Recall threshold' })).toHaveValue('0.90');
  for (const part of ['Working memory', 'Recalled memories', 'Event log', 'Long-term memory']) {
    // What the last movement of the threshold changed is not in the link.
    const here = (await readOut(page, part)).replaceAll(/ (entered|left)\b/g, '');
    expect(await readOut(other, part), part).toBe(here);
  }
  await expect(other.getByRole('status', { name: 'Last write' })).toHaveText(await dashboard.lastWrite.innerText());
});

test('a link to a probe asks the same again', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.ask('Which food must I avoid?', { kind: 'semantic' });
  await expect(page).toHaveURL(/q=Which%20food%20must%20I%20avoid%3F/);
  const other = new Dashboard(page, dashboard.scope);
  await page.goto(page.url());
  await hydrated(page);
  await expect(other.recalled).toContainText('Probed “Which food must I avoid?”');
  await expect(other.candidates.first()).toContainText('allergic to peanuts');
  await expect(other.preview).toContainText('would become a new semantic memory');
});

test('the results of a turn are there after a reload, and it is not sent again', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  await expect(dashboard.lastWrite).toContainText('new memory');
  const outcome = await dashboard.lastWrite.innerText();
  await page.reload();
  await hydrated(page);
  await expect(dashboard.lastWrite).toHaveText(outcome);
  await expect(dashboard.recalled).toContainText('For “My favorite color is teal.”');
  await expect(dashboard.candidate('teal')).toHaveCount(0);
  await expect(dashboard.fact('Turns')).toHaveText('1');
  await expect(dashboard.memories).toHaveCount(9);
});

test('another user at the same threshold: what was asked and dropped stays behind', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  await dashboard.recallWithin('0.9');
  await dashboard.dropOf(dashboard.memory('teal')).click();
  await expect(dashboard.undo).toBeVisible();
  await dashboard.switchTo(`${dashboard.scope.user} bob`);
  await expect(page).toHaveURL(/threshold=0\.9/);
  await expect(page).not.toHaveURL(/thread=|[?&]q=|dropped=/);
  await expect(dashboard.threshold).toHaveValue('0.90');
  await expect(dashboard.undo).toHaveCount(0);
  await page.goBack();
  await expect(dashboard.table()).toHaveAccessibleName(/^8 memories/);
  await expect(dashboard.recalled).toContainText('For “My favorite color is teal.”');
});

test('back and forward move the threshold with the page', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.recallWithin('0.9');
  await dashboard.ask('Which food must I avoid?');
  await dashboard.recallWithin('0.3');
  await page.goBack();
  await expect(dashboard.threshold).toHaveValue('0.90');
  await page.goForward();
  await expect(dashboard.threshold).toHaveValue('0.30');
});

test('a link in a new tab is left to the browser', async ({ dashboard, context }) => {
  await dashboard.open();
  const opened = context.waitForEvent('page');
  await dashboard.heading('Text').getByRole('link').click({ modifiers: ['ControlOrMeta'] });
  const other = await opened;
  await hydrated(other);
  await expect(other.getByRole('table', { name: 'by text, from A' })).toBeVisible();
  await expect(dashboard.table()).toHaveAccessibleName(/newest first$/);
});
