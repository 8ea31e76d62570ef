// Whatever changes in Redis is seen without a reload, whoever changes it.
import { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';
import { embeddingOf, eventsKey, freshId, memoryKey, memoryOf, sessionKey, writeEvent, writeMemories, writeSession } from '../foreign';

test('the page says that it is live', async ({ dashboard }) => {
  await dashboard.open();
  await expect(dashboard.connection).toHaveText('Connected, live');
});

test('two tabs of one memory show the same', async ({ dashboard, context }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
  const other = new Dashboard(await context.newPage(), dashboard.scope);
  await other.open();

  await test.step('a turn', async () => {
    await dashboard.send('My favorite color is teal.', { kind: 'episodic' });
    await expect(other.recentTurns.first()).toContainText('My favorite color is teal.');
    await expect(other.memory('teal')).toHaveCount(1);
    await expect(other.events.first()).toContainText(/wrote [0-9a-f]{12} as episodic/);
    await expect(other.fact('Turns')).toHaveText('2');
    await expect(other.table()).toHaveAccessibleName(/^9 memories of /);
  });

  await test.step('a goal and notes, from the other side', async () => {
    await other.fill('Finish the release notes');
    await other.setAsGoal.click();
    await expect(dashboard.fact('Goal')).toHaveText('Finish the release notes');
    await other.scratchpad.fill('Ask Ada.');
    await other.saveNotes.click();
    await expect(dashboard.scratchpad).toHaveValue('Ask Ada.');
  });

  await test.step('a hit', async () => {
    await dashboard.send('I prefer concise answers without filler phrases.', { kind: 'semantic' });
    await expect(await other.cell(other.memory('concise answers'), 'Hits')).toHaveText('1');
  });

  await test.step('a drop, and its undo', async () => {
    await other.dropOf(other.memory('teal')).click();
    await expect(dashboard.memory('teal')).toHaveCount(0);
    await other.undo.click();
    await expect(dashboard.memory('teal')).toHaveCount(1);
  });
});

test('what one tab was asked is not what the other one was', async ({ dashboard, context }) => {
  await dashboard.open();
  const other = new Dashboard(await context.newPage(), dashboard.scope);
  await other.open();
  await dashboard.ask('Which food must I avoid?');
  await other.ask('Which theme do I prefer?');
  await other.send('My favorite color is teal.');
  await expect(dashboard.memory('teal')).toHaveCount(1);
  await expect(dashboard.recalled).toContainText('Probed “Which food must I avoid?”');
  await expect(other.recalled).toContainText('For “My favorite color is teal.”');
});

test('two tabs on two threads never mix', async ({ dashboard, context, request, redis, scope }) => {
  await dashboard.open();
  await dashboard.send('On the first thread.', { kind: 'skip' });
  const first = await dashboard.threadId();
  const other = new Dashboard(await context.newPage(), scope);
  await other.open();
  await other.newThread.click();
  await expect(other.recentTurns).toHaveCount(0);
  const second = await other.threadId();
  expect(second).not.toBe(first);

  const say = (thread_id: string, text: string) =>
    request.post('/turn', { form: { ...scope, thread_id, text, kind: 'skip' } });
  await Promise.all([say(first, 'To the first, by the API.'), say(second, 'To the second, by the API.')]);
  await redis('HSET', sessionKey(first), 'goal', 'The goal of the first');
  await writeEvent(redis, second, 'noted', 'on the second');

  await expect(dashboard.recentTurns).toHaveText([/To the first, by the API\./, /On the first thread\./]);
  await expect(dashboard.fact('Goal')).toHaveText('The goal of the first');
  await expect(dashboard.events).toHaveCount(3);
  await expect(other.recentTurns).toHaveText([/To the second, by the API\./]);
  await expect(other.fact('Goal')).toHaveText('none');
  await expect(other.events.first()).toContainText('on the second');
  await expect(dashboard.events.filter({ hasText: 'on the second' })).toHaveCount(0);
  await expect(dashboard.fact('Thread')).toHaveText(first);
});

test('a page that waits without a thread opens the one that begins elsewhere', async ({ dashboard, request, scope }) => {
  await dashboard.open();
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  await request.post('/turn', { form: { ...scope, text: 'Hello from elsewhere.', kind: 'skip' } });
  await expect(dashboard.recentTurns).toHaveText([/Hello from elsewhere\./]);
  await expect(dashboard.events).toHaveCount(2);
});

test('the JSON API\'s writes appear: turn, goal, drop, new thread, reset', async ({ dashboard, request, scope }) => {
  await dashboard.open();
  const form = { ...scope };
  await request.post('/turn', { form: { ...form, text: 'My favorite color is teal.', kind: 'semantic' } });
  await expect(dashboard.memory('teal')).toHaveCount(1);
  await expect(dashboard.recentTurns).toHaveCount(1);
  await request.post('/turn', { form: { ...form, text: 'Paint the shed', action: 'goal' } });
  await expect(dashboard.fact('Goal')).toHaveText('Paint the shed');
  await request.post('/drop_memory', { form: { memory_id: await dashboard.idOf(dashboard.memory('teal')) } });
  await expect(dashboard.memory('teal')).toHaveCount(0);
  await request.post('/reset', { form: { ...form, scope: 'own' } });
  await expect(dashboard.memories).toHaveCount(8);
  const reply = await request.post('/new_thread', { form });
  const { thread_id: thread } = (await reply.json()) as { thread_id: string };
  await dashboard.threadsSwitch.click();
  await expect(dashboard.threads.filter({ hasText: thread })).toHaveCount(1);
});

test.describe('a foreign writer', () => {
  test('changes the session, and adds an event', async ({ dashboard, redis, scope }) => {
    const id = freshId();
    await writeSession(redis, scope, id);
    await dashboard.open({ thread: id });
    await expect(dashboard.recentTurns).toHaveCount(0);
    const turns = '[{"role":"assistant","content":"Said by a demo.","ts":1795334600}]';
    await redis('HSET', sessionKey(id), 'recent_turns', turns, 'turn_count', '7', 'goal', 'Plan', 'scratchpad', 'Hm.');
    await writeEvent(redis, id, 'turn_appended:assistant', 'wrote 0 as episodic');
    await expect(dashboard.recentTurns).toHaveText([/assistant.*Said by a demo\./]);
    await expect(dashboard.fact('Turns')).toHaveText('7');
    await expect(dashboard.fact('Goal')).toHaveText('Plan');
    await expect(dashboard.scratchpad).toHaveValue('Hm.');
    await expect(dashboard.events).toHaveText([/turn_appended:assistant.*wrote 0 as episodic/]);
    await redis('DEL', eventsKey(id));
    await expect(dashboard.events).toHaveCount(0);
    await redis('EXPIRE', sessionKey(id), '120');
    await expect(dashboard.fact('TTL')).toHaveText(/^(2|1) min$/);
    await redis('DEL', sessionKey(id));
    await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  });

  test('adds, changes, ages and deletes a memory', async ({ dashboard, redis, paste, request, scope }) => {
    const embedding = await embeddingOf(request, redis, scope, 'Where is the archive key?');
    await dashboard.open();
    await dashboard.ask('Where is the archive key?');
    const memory = memoryOf(scope, { embedding, text: 'It lies under the third flower pot.' });
    await writeMemories(paste, [memory]);
    const row = dashboard.memory('third flower pot');
    await expect(row).toHaveCount(1);
    await expect(dashboard.candidates.first()).toContainText('third flower pot');
    await expect(await dashboard.cell(row, 'TTL')).toHaveText('stays');

    await redis('JSON.NUMINCRBY', memoryKey(memory.id), '$.hit_count', '1');
    await expect(await dashboard.cell(row, 'Hits')).toHaveText('1');
    await redis('EXPIRE', memoryKey(memory.id), '59');
    await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^5\d s$/);

    await redis('JSON.SET', memoryKey(memory.id), '$.text', '"It lies in the blue drawer."');
    await expect(dashboard.memory('blue drawer')).toHaveCount(1);
    await expect(row).toHaveCount(0);
    await expect(dashboard.candidates.first()).toContainText('blue drawer');

    await redis('DEL', memoryKey(memory.id));
    await expect(dashboard.memory('blue drawer')).toHaveCount(0);
    await expect(dashboard.candidate('blue drawer')).toHaveCount(0);
    await expect(dashboard.memories).toHaveCount(8);
  });

  test('writes for another user, and nothing of it is seen', async ({ dashboard, redis, paste, request, scope }) => {
    const embedding = await embeddingOf(request, redis, scope, 'Where is the archive key?');
    await dashboard.open();
    await dashboard.ask('Where is the archive key?');
    const [theirs, ours] = ['Theirs.', 'Ours.'].map((text, at) =>
      memoryOf(at === 0 ? { ...scope, user: `${scope.user} bob` } : scope, { embedding, text }),
    );
    await writeMemories(paste, [theirs!, ours!]);
    await expect(dashboard.candidates.first()).toContainText('Ours.');
    await expect(dashboard.memories).toHaveCount(9);
    await expect(dashboard.page.getByText('Theirs.')).toHaveCount(0);
  });
});

test('a memory whose life ends goes by itself', async ({ dashboard, redis }) => {
  await dashboard.open();
  const row = dashboard.memory('allergic to peanuts');
  const key = memoryKey(await dashboard.idOf(row));
  await redis('PEXPIRE', key, '1500');
  await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^[12] s$/);
  await expect(row).toHaveCount(0);
});

test('lifetimes and ages tick', async ({ dashboard, page, redis }) => {
  await page.clock.install();
  await dashboard.open();
  await dashboard.send('Tick.');
  const row = dashboard.memory('Tick.');
  await redis('EXPIRE', memoryKey(await dashboard.idOf(row)), '50');
  await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^(50|49) s$/);
  await page.clock.fastForward(20_000);
  await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^(30|2\d) s$/);
  await expect(await dashboard.cell(row, 'Created')).toHaveText(/^2\d s ago$/);
  await expect(dashboard.events.first()).toContainText(/2\d s ago/);
  await expect(dashboard.fact('TTL')).toHaveText('59 min');
});

test.describe('on a Redis of its own', () => {
  test.use({
    baseURL: async ({ privateServer }, use) => use(privateServer.url),
    redis: async ({ privateServer }, use) => use(privateServer.redis),
  });

  test('the state of the index follows', async ({ dashboard, request, scope }) => {
    await dashboard.open();
    const before = Number(await dashboard.fact('Documents').innerText());
    await request.post('/turn', { form: { user: `${scope.user} bob`, text: 'Somebody else\'s.' } });
    await expect(dashboard.fact('Documents')).toHaveText(String(before + 1));
    await expect(dashboard.memories).toHaveCount(8);
  });

  test('when somebody empties Redis, the page is empty too', async ({ dashboard, redis }) => {
    await dashboard.open();
    await dashboard.send('Here for now.');
    await redis('FLUSHALL');
    await expect(dashboard.memories).toHaveCount(0);
    await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
    await expect(dashboard.events).toHaveCount(0);
    await expect(dashboard.alert).toHaveCount(0);
  });
});
