import { expectDistance } from '../dashboard';
import { expect, test } from '../fixtures';

test('the guided walk of the README holds', async ({ dashboard }) => {
  const theme = 'Remind me which theme I prefer in editors.';
  await dashboard.open();

  await test.step('a question recalls the preference', async () => {
    await dashboard.send(theme);
    const nearest = dashboard.candidates.first();
    await expect(nearest).toContainText('dislikes dark mode');
    await expect(nearest).toContainText('high-contrast light theme');
    await expect(nearest).toContainText('semantic');
    await expect(nearest.getByText('recalled', { exact: true })).toBeVisible();
    await expectDistance(nearest, 0.47);
  });

  await test.step('the threshold lets memories go and brings them back', async () => {
    const atDefault = await dashboard.recalledNow.count();
    await dashboard.recallWithin('0.30');
    await expect(dashboard.recalledNow).toHaveCount(0);
    await expect(dashboard.summary).toHaveText(/^0 recalled; the nearest is at 0\.\d{3}, 0\.\d{3} over$/);
    await dashboard.recallWithin('0.70');
    await expect(dashboard.candidate('dislikes dark mode').getByText('recalled', { exact: true })).toBeVisible();
    expect(await dashboard.recalledNow.count()).toBeGreaterThanOrEqual(atDefault);
    await dashboard.recallWithin('0.55');
    await expect(dashboard.recalledNow).toHaveCount(atDefault);
  });

  await test.step('a question of kind skip recalls and writes nothing', async () => {
    await dashboard.send('What did we discuss about the order-routing outage?', { kind: 'skip' });
    const nearest = dashboard.candidates.first();
    await expect(nearest).toContainText('postmortem');
    await expect(nearest).toContainText('episodic');
    await expectDistance(nearest, 0.44);
    await expect(dashboard.lastWrite).toContainText('skipped');
    await expect(dashboard.memories).toHaveCount(9);
  });

  await test.step('a known fact is deduplicated and counts a hit', async () => {
    await dashboard.send('I prefer concise answers without filler phrases.', { kind: 'semantic' });
    const row = dashboard.memory('concise answers');
    const id = await dashboard.idOf(row);
    await expect(dashboard.lastWrite).toContainText(new RegExp(`deduplicated onto ${id} at 0\\.1\\d{2}$`));
    await expectDistance(dashboard.candidate('concise answers'), 0.15);
    await expect(await dashboard.cell(row, 'Hits')).toHaveText('1');
    await expect(dashboard.events.first()).toContainText(`deduped onto ${id}`);
    await expect(dashboard.memories).toHaveCount(9);
  });

  await test.step('something new recalls nothing and is written', async () => {
    await dashboard.send('My favorite color is teal.', { kind: 'episodic' });
    await expect(dashboard.summary).toHaveText(/^0 recalled; the nearest is at (0\.[89]|1\.)\d+/);
    await expect(dashboard.lastWrite).toContainText(/new memory [0-9a-f]{12}$/);
    await expect(dashboard.memories).toHaveCount(10);
    await expect(dashboard.candidate('teal')).toHaveCount(0);
  });

  await test.step('another user recalls nothing', async () => {
    await dashboard.switchTo(`${dashboard.scope.user} bob`);
    await dashboard.send(theme);
    await expect(dashboard.summary).toHaveText('0 recalled; there is nothing to recall here yet');
    await expect(dashboard.memories).toHaveCount(1);
    await expect(dashboard.fact('Turns')).toHaveText('1');
  });
});
