// The Redis commands of the last turn, as lines that redis-cli takes.
import type { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const question = 'Which "theme" do I prefer,\n日本 in editors?';

/** The lines of one purpose. */
function linesOf(dashboard: Dashboard, purpose: string) {
  return dashboard.page.getByRole('region', { name: `Commands to ${purpose}`, exact: true });
}

/** The ids in a reply to FT.SEARCH, in its order. */
function idsOf(reply: string): string[] {
  return [...reply.matchAll(/^agent:mem:(.*)$/gm)].map(([, id]) => id ?? '');
}

/** The ids of the candidates, nearest first. */
async function shownIds(dashboard: Dashboard): Promise<string[]> {
  return dashboard.candidates.getByText(/^[0-9a-f]{12}$/).allInnerTexts();
}

test('the recall of a probe, copied and pasted into redis-cli, finds the same', async ({ dashboard, page, paste }) => {
  await dashboard.open();
  await dashboard.fill(question);
  await dashboard.probe.click();
  await expect(dashboard.candidates).toHaveCount(8);
  await dashboard.commands.click();
  await expect(linesOf(dashboard, 'recall')).toContainText('FT.SEARCH agentmem:idx');
  await page.getByRole('button', { name: 'Copy: Commands to recall' }).click();
  await expect(page.getByRole('button', { name: 'Copy: Commands to recall' })).toHaveText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await linesOf(dashboard, 'recall').textContent());
  expect(idsOf(await paste(copied))).toEqual(await shownIds(dashboard));
});

test('a turn tells each of its steps with its time, and its recall can be repeated', async ({ dashboard, page, paste }) => {
  await dashboard.open();
  await dashboard.send(question);
  await expect(dashboard.candidates).toHaveCount(8);
  await dashboard.commands.click();
  for (const purpose of ['recall', 'write']) {
    await expect(linesOf(dashboard, purpose)).toBeVisible();
    const step = page.getByRole('listitem').filter({ has: linesOf(dashboard, purpose) });
    await expect(step.getByText(/^\d+\.\d+ ms$/)).toBeVisible();
  }
  const count = Number(/\d+/.exec(await dashboard.commands.innerText())?.[0]);
  const lines = await page.getByRole('region', { name: /^Commands to / }).allTextContents();
  expect(lines.join('\n').split('\n')).toHaveLength(count);

  // What the turn itself wrote is found by now; it came after the recall.
  const own = await dashboard.idOf(dashboard.memories.first());
  const again = idsOf(await paste((await linesOf(dashboard, 'recall').textContent()) ?? ''));
  expect(again.filter((id) => id !== own)).toEqual(await shownIds(dashboard));
});

test('a goal and a skipped turn tell what they asked', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.fill('Finish the release notes');
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
  await dashboard.commands.click();
  await expect(linesOf(dashboard, 'write')).toContainText('\\"operation\\":\\"goal\\"');
  await expect(linesOf(dashboard, 'write')).not.toContainText('hit_count');
});

test('the commands of a probe stay unfolded, and its figures stand, while others write', async ({ dashboard, page, request, scope }) => {
  await dashboard.open();
  await dashboard.ask('Which theme do I prefer?');
  await dashboard.commands.click();
  await expect(linesOf(dashboard, 'recall')).toBeVisible();
  const times = page.getByLabel('Timings of the last turn');
  const figures = await times.innerText();
  await request.post('/turn', { form: { ...scope, text: 'My favorite color is teal.', kind: 'semantic' } });
  await expect(dashboard.candidate('teal')).toBeVisible();
  await expect(linesOf(dashboard, 'recall')).toBeVisible();
  expect(await times.innerText()).toBe(figures);
});

test('what was copied is told for a while', async ({ dashboard, page }) => {
  await page.clock.install();
  await dashboard.open();
  await dashboard.ask('Which theme do I prefer?');
  await dashboard.commands.click();
  const button = page.getByRole('button', { name: 'Copy: Commands to recall' });
  await button.click();
  await expect(button).toHaveText('Copied');
  await page.clock.fastForward(5_000);
  await expect(button).toHaveText('Copy');
});

test('without a clipboard, as over plain http, the lines are selected', async ({ dashboard, page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await dashboard.open();
  await dashboard.ask('Which theme do I prefer?');
  await dashboard.commands.click();
  const button = page.getByRole('button', { name: 'Copy: Commands to recall' });
  await button.click();
  await expect(button).toHaveText('Selected');
  const selected = await page.evaluate(() => getSelection()?.toString());
  expect(selected).toBe(await linesOf(dashboard, 'recall').textContent());
});

test.describe('in an empty store', () => {
  test.use({ samples: false });

  test('a step that asked nothing is not told', async ({ dashboard, page }) => {
    await dashboard.open();
    await dashboard.send('The first of all.');
    await dashboard.commands.click();
    await expect(linesOf(dashboard, 'recall')).toBeVisible();
    for (const lines of await page.getByRole('region', { name: /^Commands to / }).allTextContents()) {
      expect(lines.trim()).not.toBe('');
    }
  });
});
