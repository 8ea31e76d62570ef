// What a demo in another language has written to the same Redis is seen here.
import { randomBytes } from 'node:crypto';
import type { Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import type { RedisCommand } from '../server';

/** A session as the demos write it: nine fields, and escapes as Go prints them. */
async function writeSession(redis: RedisCommand, { user }: Scope, id: string): Promise<void> {
  const said = '{"role":"user","content":"Said elsewhere: \\u003cb\\u003e","ts":1795334592}';
  const session = {
    thread_id: id,
    user,
    agent: 'demo-agent',
    goal: 'Plan the move',
    scratchpad: 'Ask Ada.',
    turn_count: '2',
    created_ts: '1795334591.5',
    last_active_ts: '1795334592.25',
    recent_turns: `[${said},{"role":"assistant","content":"Heard."}]`,
  };
  const event = { ts: '1795334592.25', detail: 'wrote 0 as episodic', action: 'turn_appended:user' };
  await redis('HSET', `agent:session:${id}`, ...Object.entries(session).flat());
  await redis('XADD', `agent:events:${id}`, '*', ...Object.entries(event).flat());
}

test('a session that a demo began opens by its thread id', async ({ dashboard, redis, scope }) => {
  const id = randomBytes(6).toString('hex');
  await writeSession(redis, scope, id);
  await dashboard.open({ thread: id });
  await expect(dashboard.recentTurns).toHaveText([/assistant.*Heard\./, /user.*Said elsewhere: <b>/]);
  await expect(dashboard.fact('Goal')).toHaveText('Plan the move');
  await expect(dashboard.fact('Turns')).toHaveText('2');
  await expect(dashboard.scratchpad).toHaveValue('Ask Ada.');
  await expect(dashboard.events).toHaveText(/turn_appended:user.*wrote 0 as episodic/);
});

test('a memory that a demo wrote is listed and recalled', async ({ dashboard, redis, scope, request }, { testId }) => {
  // The vector of another memory with the same words, as if the demo had embedded them.
  const text = 'The archive key lies under the third flower pot.';
  const twin = { user: `${scope.user} twin`, namespace: scope.namespace };
  const reply = await request.post('/turn', { form: { ...twin, text, kind: 'semantic' } });
  const { memory_id: twinId } = (await reply.json()) as { memory_id: string };
  const [embedding] = JSON.parse(await redis('JSON.GET', `agent:mem:${twinId}`, '$.embedding')) as number[][];
  const id = `demo-${testId}`;
  const facts = { kind: 'semantic', source_thread: 'elsewhere', created_ts: 1795334592.25, hit_count: 3 };
  const memory = { id, ...scope, ...facts, text, embedding };
  await redis('JSON.SET', `agent:mem:${id}`, '$', JSON.stringify(memory));

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
