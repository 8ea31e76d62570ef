// What a demo in another language has written to the same Redis is seen here.
import { expect, test } from '../fixtures';
import { embeddingOf, freshId, memoryOf, writeEvent, writeMemories, writeSession } from '../foreign';

test('a session that a demo began opens by its thread id', async ({ dashboard, redis, scope }) => {
  const id = freshId();
  // Escapes as Go prints them; one turn without its time.
  const said = '{"role":"user","content":"Said elsewhere: \\u003cb\\u003e","ts":1795334592}';
  const recent_turns = `[${said},{"role":"assistant","content":"Heard."}]`;
  await writeSession(redis, scope, id, { goal: 'Plan the move', scratchpad: 'Ask Ada.', turn_count: '2', recent_turns });
  await writeEvent(redis, id, 'turn_appended:user', 'wrote 0 as episodic');
  await dashboard.open({ thread: id });
  await expect(dashboard.recentTurns).toHaveText([/assistant.*Heard\./, /user.*Said elsewhere: <b>/]);
  await expect(dashboard.fact('Goal')).toHaveText('Plan the move');
  await expect(dashboard.fact('Turns')).toHaveText('2');
  await expect(dashboard.scratchpad).toHaveValue('Ask Ada.');
  await expect(dashboard.events).toHaveText(/turn_appended:user.*wrote 0 as episodic/);
});

test('a memory that a demo wrote is listed and recalled', async ({ dashboard, redis, paste, scope, request }) => {
  const text = 'The archive key lies under the third flower pot.';
  const embedding = await embeddingOf(request, redis, scope, text);
  await writeMemories(paste, [memoryOf(scope, { embedding, text, hit_count: 3 })]);
  await dashboard.open();
  const row = dashboard.memory(text);
  await expect(await dashboard.cell(row, 'Hits')).toHaveText('3');
  await expect(await dashboard.cell(row, 'TTL')).toHaveText('stays');
  await expect(await dashboard.cell(row, 'Source thread')).toHaveText('elsewhere');
  await dashboard.send('Where is the archive key?', { kind: 'skip' });
  await expect(dashboard.candidates.first()).toContainText(text);
});

test('a broken record of another program does not break the page', async ({ dashboard, redis, scope }, { testId }) => {
  const broken = { id: `broken-${testId}`, ...scope, kind: 'odd', text: 'Without a vector.' };
  await redis('JSON.SET', `agent:mem:broken-${testId}`, '$', JSON.stringify(broken));
  await dashboard.open();
  await dashboard.send('Still here.');
  await expect(dashboard.memory('Still here.')).toHaveCount(1);
  await expect(dashboard.alert).toHaveCount(0);
});
