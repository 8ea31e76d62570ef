// Texts as they were said: with their lines, their indentation and their direction.
import { expect, test } from '../fixtures';

const code = 'users:\n    - name: one\n      roles:  [a,  b]\n\n    - name: two';

test('lines and indentation are kept wherever a text is shown', async ({ dashboard, redis }) => {
  await dashboard.open();
  await dashboard.send(code, { kind: 'semantic' });
  await dashboard.fill(code);
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toContainText('two');
  await redis('XADD', `agent:events:${await dashboard.threadId()}`, '*', 'action', 'noted', 'detail', code, 'ts', '1');
  await expect(dashboard.events.first()).toContainText('noted');
  const places = [
    dashboard.recentTurns.getByText('name: one'),
    dashboard.memory('name: one').getByText('name: one'),
    dashboard.events.first().getByText('name: one'),
    dashboard.fact('Goal'),
  ];
  for (const place of places) expect(await place.first().innerText()).toBe(code);
  await dashboard.ask('Which roles has one?');
  expect(await dashboard.candidate('name: one').getByText('name: one').innerText()).toBe(code);
});

test('a text is set in its own direction', async ({ dashboard, page }) => {
  const hebrew = 'שלום, עולם.';
  await dashboard.open();
  await dashboard.text.fill(hebrew);
  await expect(dashboard.text).toHaveCSS('direction', 'rtl');
  await dashboard.send(hebrew, { kind: 'semantic' });
  await dashboard.scratchpad.fill(hebrew);
  await dashboard.fill(hebrew);
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toHaveText(hebrew);
  await dashboard.send('And an English one.', { kind: 'semantic' });
  for (const place of [
    dashboard.recentTurns.getByText(hebrew),
    dashboard.memory(hebrew).getByText(hebrew),
    dashboard.fact('Goal'),
    dashboard.scratchpad,
    dashboard.candidate(hebrew).getByText(hebrew),
  ]) {
    await expect(place.first()).toHaveCSS('direction', 'rtl');
  }
  await expect(dashboard.memory('English').getByText('English')).toHaveCSS('direction', 'ltr');
  await expect(page.locator('html')).toHaveCSS('direction', 'ltr');
});
