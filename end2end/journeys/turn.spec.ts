import { expect, test } from '../fixtures';

test('a turn is seen in the three panels and in the memories table', async ({ dashboard, redis }) => {
  await dashboard.open();
  await dashboard.send('Which food must I avoid because of my allergy?');

  await expect(dashboard.recentTurns).toHaveCount(1);
  await expect(dashboard.recentTurns).toContainText('user');
  await expect(dashboard.recentTurns).toContainText('Which food must I avoid');
  await expect(dashboard.fact('Turns')).toHaveText('1');

  await expect(dashboard.recalled).toContainText('For “Which food must I avoid because of my allergy?”');
  await expect(dashboard.candidates.first()).toContainText('allergic to peanuts');
  await expect(dashboard.candidates).toHaveCount(8);
  await expect(dashboard.summary).toContainText(/recalled of 8 candidates/);

  await expect(dashboard.events).toHaveText([/turn_appended:user.*wrote [0-9a-f]{12} as episodic/, /thread_started/]);

  const row = dashboard.memory('Which food must I avoid');
  await expect(dashboard.memories).toHaveCount(9);
  await expect(dashboard.memories.first()).toContainText('Which food must I avoid');
  await expect(await dashboard.cell(row, 'Kind')).toHaveText('episodic');
  await expect(await dashboard.cell(row, 'Hits')).toHaveText('0');
  await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^(7 d|6 d 23 h)$/);
  const thread = await dashboard.threadId();
  await expect(await dashboard.cell(row, 'Source thread')).toHaveText(thread);

  const id = await dashboard.idOf(row);
  await expect(dashboard.lastWrite).toHaveText(`Last write new memory ${id}`);
  expect(await redis('HGET', `agent:session:${thread}`, 'turn_count')).toBe('1');
  expect(JSON.parse(await redis('JSON.GET', `agent:mem:${id}`, '$.text'))).toEqual([
    'Which food must I avoid because of my allergy?',
  ]);
});

test('the times that a turn took are shown', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('How long does this take?');
  for (const name of ['Embed', 'Recall', 'Write', 'Total']) {
    await expect(dashboard.fact(name)).toHaveText(/^\d+\.\d+ ms$/);
  }
});

test('turns follow each other on one thread, newest first', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('First.', { kind: 'skip' });
  await dashboard.send('Second.', { role: 'assistant' });
  await dashboard.send('Third.', { role: 'tool' });
  await expect(dashboard.recentTurns).toHaveText([/tool.*Third\./, /assistant.*Second\./, /user.*First\./]);
  await expect(dashboard.fact('Turns')).toHaveText('3');
  await expect(dashboard.events).toHaveCount(4);
});

test('a goal is set and nothing else is written', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.fill('Finish the release notes');
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
  await expect(dashboard.lastWrite).toContainText('goal set');
  await expect(dashboard.events.first()).toContainText('goal_set');
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.text).toHaveValue('');
});

test('notes are kept on the thread', async ({ dashboard, page, redis }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
  await dashboard.scratchpad.fill('Ask about the deadline.');
  await dashboard.saveNotes.click();
  const thread = await dashboard.threadId();
  await expect.poll(() => redis('HGET', `agent:session:${thread}`, 'scratchpad')).toBe('Ask about the deadline.');
  await page.reload();
  await expect(dashboard.scratchpad).toHaveValue('Ask about the deadline.');
});

test('after a reload the turn is still there', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('Remember the reload.');
  await page.reload();
  await expect(dashboard.recentTurns).toContainText('Remember the reload.');
  await expect(dashboard.memories).toHaveCount(9);
});

test('markup in a text stays text', async ({ dashboard }) => {
  const text = '<b id="x">bold</b> <script>alert(1)</script> & "quotes" \u{1f642} \u05e9\u05dc\u05d5\u05dd';
  await dashboard.open();
  await dashboard.send(text);
  await expect(dashboard.recentTurns).toContainText(text);
  await expect(dashboard.memories.first()).toContainText(text);
});

test('a text of 60 kB is shown in short and unfolds', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send(`Beginning ${'long '.repeat(12_000)}end.`);
  const row = dashboard.memories.first();
  await expect(row.getByText('end.')).toBeHidden();
  await row.getByText(/^Beginning long/).first().click();
  await expect(row.getByText(/end\.$/)).toBeVisible();
});
