import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, Page } from '@playwright/test';
import { Dashboard, type Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { documentOf } from '../foreign';

test.use({ samples: false });

/** A memory, through the API; returns its id. */
async function remember(request: APIRequestContext, scope: Scope, text: string, kind = 'semantic'): Promise<string> {
  const reply = await request.post(`/api/v1/memories?${new URLSearchParams({ ...scope })}`, { data: { text, kind } });
  expect(reply.ok(), await reply.text()).toBe(true);
  const { memory_id, memory } = (await reply.json()) as { memory_id?: string; memory?: { id: string } };
  return memory_id ?? memory?.id ?? '';
}

async function change(request: APIRequestContext, scope: Scope, id: string, data: unknown): Promise<void> {
  const reply = await request.patch(`/api/v1/memories/${id}?${new URLSearchParams({ ...scope })}`, { data });
  expect(reply.ok(), await reply.text()).toBe(true);
}

async function supersede(request: APIRequestContext, scope: Scope, older: string, by: string): Promise<void> {
  const reply = await request.post(`/api/v1/memories/${older}/supersede?${new URLSearchParams({ ...scope })}`, { data: { by } });
  expect(reply.ok(), await reply.text()).toBe(true);
}

async function expectNoViolations(page: Page): Promise<void> {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`))).toEqual([]);
}

test('a memory is edited: what it would contradict is told, it is saved, and that is taken back', async ({ dashboard, page, redis, request, scope }) => {
  const standUp = await remember(request, scope, 'The stand-up is on Tuesday at ten.');
  const retro = await remember(request, scope, 'The retrospective is on Monday at noon.');
  await dashboard.open();
  await dashboard.edit(dashboard.memory('retrospective'));
  await expect(page).toHaveURL(new RegExp(`memory=${retro}`));
  await expect(dashboard.sheet).toBeFocused();
  const text = dashboard.sheet.getByLabel('Text', { exact: true });
  const preview = dashboard.sheet.getByRole('status', { name: 'What the new text would be' });
  await expect(text).toHaveValue('The retrospective is on Monday at noon.');
  await text.fill('The stand-up is on Friday at ten.');
  await expect(preview).toContainText(`Disagrees with ${standUp} “The stand-up is on Tuesday at ten.”`);
  await text.fill('The stand-up is on Tuesday at ten.');
  await expect(preview).toContainText(`Says the same as ${standUp}`);
  await text.fill('Volcanoes are hot.');
  await expect(preview).toHaveText('No other memory says this or contradicts it.');
  await dashboard.sheet.getByLabel('Kind').selectOption('episodic');
  await dashboard.sheet.getByLabel('Lifetime').selectOption('days');
  await dashboard.sheet.getByLabel('Days').fill('3');
  await dashboard.sheet.getByLabel('Labels').fill('nature, hot things');
  const before = await documentOf(redis, retro);
  await dashboard.sheet.getByRole('button', { name: 'Save' }).click();

  await expect(dashboard.undo).toBeVisible();
  const row = dashboard.memory('Volcanoes are hot.');
  await expect(await dashboard.cell(row, 'Kind')).toHaveText('episodic');
  await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^(3 d|2 d 23 h)$/);
  await expect(row).toContainText('hot things');
  const changes = dashboard.sheet.getByRole('list', { name: 'Changes' }).getByRole('listitem');
  await expect(changes).toHaveCount(1);
  await expect(changes).toContainText(/edited\s*(just now|\d+ s ago)\s*by page/);
  await expect(changes).toContainText('was semantic · had no labels · was pinned');
  await expect(changes.locator('ins')).not.toHaveCount(0);

  await dashboard.undo.click();
  await expect(dashboard.memory('retrospective')).toHaveCount(1);
  await expect(text).toHaveValue('The retrospective is on Monday at noon.');
  await expect(dashboard.sheet.getByLabel('Labels')).toHaveValue('');
  // Embedded again, which is exact to six digits.
  const told = (document: unknown) => ({ ...(document as object), history: null, embedding: null });
  expect(told(await documentOf(redis, retro))).toEqual(told(before));
  expect(await redis('TTL', `agent:mem:${retro}`)).toBe('-1');
});

test('the sheet is linked, closed by Back and by Escape, and gives the focus back', async ({ dashboard, page, request, scope }) => {
  const id = await remember(request, scope, 'Ada likes tea.');
  await dashboard.open();
  await dashboard.memory('Ada likes tea.').getByRole('link', { name: id, exact: true }).click();
  await expect(dashboard.sheet).toHaveAccessibleName(`Memory ${id}`);
  await page.reload();
  await expect(dashboard.sheet.getByLabel('Text', { exact: true })).toHaveValue('Ada likes tea.');
  await page.goBack();
  await expect(dashboard.sheet).toHaveCount(0);
  const edit = dashboard.memory('Ada likes tea.').getByRole('link', { name: `Edit memory ${id}` });
  await edit.press('Enter');
  await expect(dashboard.sheet).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dashboard.sheet).toHaveCount(0);
  await expect(edit).toBeFocused();
  await edit.click();
  await dashboard.sheet.getByRole('link', { name: 'Close' }).click();
  await expect(dashboard.sheet).toHaveCount(0);
  await expect(page).not.toHaveURL(/memory=/);
});

test('an id that nobody has says so', async ({ dashboard }) => {
  await dashboard.open({ memory: '0123456789ab' });
  await expect(dashboard.sheet).toContainText('There is no memory of this id here');
});

test('the lineage shows what changed, marks what is superseded, and leads to each version', async ({ dashboard, page, request, scope }) => {
  const first = await remember(request, scope, 'The stand-up is on Tuesday at ten.');
  const second = await remember(request, scope, 'The stand-up is on Friday at ten.');
  await supersede(request, scope, first, second);
  await dashboard.open();
  await dashboard.edit(dashboard.memory('Friday'));
  const versions = dashboard.sheet.getByRole('list', { name: 'Versions' }).getByRole('listitem');
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText('this one');
  await expect(versions.first().locator('del')).toHaveText('Tuesday');
  await expect(versions.first().locator('ins')).toHaveText('Friday');
  await expect(versions.last()).toContainText('superseded');
  await versions.last().getByRole('link', { name: first }).click();
  await expect(dashboard.sheet).toHaveAccessibleName(`Memory ${first}`);
  await expect(page).toHaveURL(new RegExp(`memory=${first}`));
  const changes = dashboard.sheet.getByRole('list', { name: 'Changes' }).getByRole('listitem');
  await expect(changes.first()).toContainText(/superseded.*by api/);
  await changes.first().getByRole('button', { name: /^Take back/ }).click();
  await expect(changes.first()).toContainText('made current again');
  await expect(dashboard.memories).toHaveCount(2);
  await page.goBack();
  await expect(dashboard.sheet).toHaveAccessibleName(`Memory ${second}`);
});

test('the table shows current ones, superseded ones, or both; and those of a thread and a day', async ({ dashboard, page, request, scope }) => {
  const first = await remember(request, scope, 'The stand-up is on Tuesday at ten.');
  const second = await remember(request, scope, 'The stand-up is on Friday at ten.');
  await supersede(request, scope, first, second);
  await dashboard.open();
  await expect(dashboard.memories).toHaveText([/Friday/]);
  const standing = dashboard.longTermMemory.getByLabel('Show current or superseded ones');
  await standing.selectOption('superseded');
  await expect(dashboard.memories).toHaveText([/Tuesday.*superseded/s]);
  await expect(page).toHaveURL(/standing=superseded/);
  await standing.selectOption('any');
  await expect(dashboard.memories).toHaveCount(2);
  const today = new Date().toISOString().slice(0, 10);
  await dashboard.longTermMemory.getByLabel('From', { exact: true }).fill(today);
  await dashboard.longTermMemory.getByLabel('To', { exact: true }).fill(today);
  await expect(page).toHaveURL(/since=\d+.*until=\d+/);
  await expect(dashboard.memories).toHaveCount(2);
  await dashboard.longTermMemory.getByLabel('From', { exact: true }).fill('');
  await expect(page).not.toHaveURL(/since=/);
  await dashboard.longTermMemory.getByLabel('To', { exact: true }).fill('2020-01-01');
  await expect(dashboard.memories).toHaveCount(0);
  await dashboard.longTermMemory.getByRole('link', { name: 'Show all' }).click();
  await expect(dashboard.memories).toHaveCount(1);
  const thread = dashboard.longTermMemory.getByLabel('Thread', { exact: true });
  await thread.fill('nowhere');
  await thread.press('Enter');
  await expect(dashboard.memories).toHaveCount(0);
});

test('what is typed is not saved over what somebody else saved meanwhile', async ({ dashboard, request, scope }) => {
  const id = await remember(request, scope, 'Ada likes tea.');
  await dashboard.open();
  await dashboard.edit(dashboard.memory('Ada likes tea.'));
  const text = dashboard.sheet.getByLabel('Text', { exact: true });
  await text.fill('Ada likes green tea.');
  await change(request, scope, id, { text: 'Ada likes coffee.' });
  await expect(dashboard.sheet).toContainText('Somebody else changed it meanwhile');
  await expect(text).toHaveValue('Ada likes green tea.');
  await dashboard.sheet.getByRole('button', { name: 'Show theirs' }).click();
  await expect(text).toHaveValue('Ada likes coffee.');
  await text.fill('Ada likes cocoa.');
  await dashboard.sheet.getByRole('button', { name: 'Discard' }).click();
  await expect(text).toHaveValue('Ada likes coffee.');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a memory is edited, and that is taken back', async ({ dashboard, page, request, scope }) => {
    await remember(request, scope, 'Ada likes </textarea> & tea.');
    await page.goto(Dashboard.address(scope));
    await dashboard.edit(dashboard.memory('Ada likes'));
    const text = dashboard.sheet.getByLabel('Text', { exact: true });
    await expect(text).toHaveValue('Ada likes </textarea> & tea.');
    await text.fill('Ada likes cocoa.');
    await dashboard.sheet.getByLabel('Lifetime').selectOption('days');
    await expect(dashboard.sheet.getByLabel('Days')).toBeVisible();
    await dashboard.sheet.getByLabel('Labels').fill('drinks');
    await dashboard.sheet.getByRole('button', { name: 'Save' }).click();
    await expect(text).toHaveValue('Ada likes cocoa.');
    await expect(dashboard.memories).toHaveText([/Ada likes cocoa\..*drinks/s]);
    await expect(dashboard.undo).toBeVisible();
    await dashboard.sheet.getByRole('button', { name: /^Take back/ }).click();
    await expect(text).toHaveValue('Ada likes </textarea> & tea.');
    await expect(dashboard.undo).toHaveCount(0);
    await dashboard.sheet.getByRole('link', { name: 'Close' }).click();
    await expect(dashboard.sheet).toHaveCount(0);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the sheet has no violations', async ({ dashboard, page, request, scope }) => {
        const first = await remember(request, scope, 'The stand-up is on Tuesday at ten.');
        const second = await remember(request, scope, 'The stand-up is on Friday at ten.');
        await remember(request, scope, 'The retrospective is on Monday at noon.', 'episodic');
        await change(request, scope, second, { tags: ['team'], kind: 'episodic' });
        await supersede(request, scope, first, second);
        await dashboard.open({ standing: 'any', memory: second });
        await expect(dashboard.sheet.locator('ins')).not.toHaveCount(0);
        await dashboard.sheet.getByLabel('Text', { exact: true }).fill('The retrospective is on Thursday at noon.');
        await expect(dashboard.sheet).toContainText('Disagrees with');
        await expectNoViolations(page);
        await dashboard.sheet.getByRole('button', { name: 'Save' }).click();
        await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
        await expectNoViolations(page);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        expect(content).toBeLessThanOrEqual(window!);
      });
    });
  }
}
