import type { APIRequestContext } from '@playwright/test';
import type { Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { eventsKey, sessionKey } from '../foreign';
import type { RedisCommand } from '../server';

const known = 'I prefer concise answers without filler phrases.';
const fresh = 'My favorite color is teal.';

/** Everything that is stored for a thread and its scope, besides how long it lives. */
async function stored(request: APIRequestContext, redis: RedisCommand, scope: Scope, thread: string): Promise<unknown> {
  const reply = await request.get('/state', { params: { ...scope, thread_id: thread } });
  const { session, memories, events } = JSON.parse(await reply.text(), (key, value: unknown) =>
    key === 'ttl_seconds' ? 0 : value,
  ) as Record<string, unknown>;
  const hash = await redis('HGETALL', sessionKey(thread));
  return { session, memories, events, hash, logged: await redis('XLEN', eventsKey(thread)) };
}

test('a probe shows what would be recalled, and changes nothing', async ({ dashboard, redis, request, scope }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
  const thread = await dashboard.threadId();
  const before = await stored(request, redis, scope, thread);
  const ttlSeconds = Number(await redis('TTL', sessionKey(thread)));

  await dashboard.ask(known, { kind: 'semantic' });
  await expect(dashboard.candidates.first()).toContainText('concise answers');
  await expect(dashboard.candidates).toHaveCount(8);
  await expect(dashboard.lastWrite).toHaveText('Last write only asked: nothing written, nothing logged');
  await expect(dashboard.text).toHaveValue(known);
  await expect(dashboard.recentTurns).toHaveText([/Begin\./]);
  await expect(dashboard.events).toHaveCount(2);
  await expect(await dashboard.cell(dashboard.memory('concise answers'), 'Hits')).toHaveText('0');

  await dashboard.ask(fresh, { kind: 'episodic' });
  await expect(dashboard.summary).toContainText('0 recalled');
  await expect(dashboard.memories).toHaveCount(8);
  expect(await stored(request, redis, scope, thread)).toEqual(before);
  // Reads never renew a life.
  expect(Number(await redis('TTL', sessionKey(thread)))).toBeLessThanOrEqual(ttlSeconds);
});

test('a probe begins no thread', async ({ dashboard, request, scope }) => {
  await dashboard.open();
  await dashboard.ask(known);
  await expect(dashboard.candidates.first()).toContainText('concise answers');
  await expect(dashboard.fact('Thread')).toHaveText('none yet');
  const state = (await (await request.get('/state', { params: { ...scope } })).json()) as { thread_id: unknown };
  expect(state.thread_id).toBeNull();
});

test('a turn does what the preview said: a hit on a known fact', async ({ dashboard }) => {
  await dashboard.open();
  const id = await dashboard.idOf(dashboard.memory('concise answers'));
  await dashboard.fill(known, { kind: 'semantic' });
  await expect(dashboard.preview).toHaveText(
    new RegExp(`^Sent as a turn, it would be deduplicated onto ${id} “.*concise answers.*” at 0\\.1\\d\\d, which then stays\\.$`),
  );
  const at = /at (0\.\d{3})/.exec(await dashboard.preview.innerText())?.[1];
  await dashboard.sendTurn.click();
  await expect(dashboard.lastWrite).toHaveText(`Last write deduplicated onto ${id} at ${at}`);
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.preview).toBeEmpty();
});

test('a turn does what the preview said: a new memory with its lifetime', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.fill(fresh, { kind: 'episodic' });
  await expect(dashboard.preview).toHaveText('Sent as a turn, it would become a new episodic memory that lives 7 d.');
  await dashboard.sendTurn.click();
  await expect(dashboard.lastWrite).toContainText(/new memory [0-9a-f]{12}$/);
  const row = dashboard.memory('teal');
  await expect(await dashboard.cell(row, 'Kind')).toHaveText('episodic');
  await expect(await dashboard.cell(row, 'TTL')).toHaveText(/^(7 d|6 d 23 h)$/);
});

test('the preview follows the kind that is chosen, and goes with the text', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.fill(fresh, { kind: 'episodic' });
  await expect(dashboard.preview).toContainText('a new episodic memory that lives 7 d');
  await dashboard.kind.selectOption('semantic');
  await expect(dashboard.preview).toContainText('a new semantic memory that stays');
  await dashboard.kind.selectOption('skip');
  await expect(dashboard.preview).toHaveText('Sent as a turn, it would write nothing to long-term memory.');
  await dashboard.text.fill('');
  await expect(dashboard.preview).toBeEmpty();
});

test('the text of a probe can be sent as it is', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.ask(fresh, { kind: 'semantic' });
  await expect(dashboard.preview).toContainText('would become a new semantic memory that stays');
  await dashboard.sendTurn.click();
  await expect(dashboard.recalled).toContainText(`For “${fresh}”`);
  await expect(dashboard.lastWrite).toContainText(/new memory [0-9a-f]{12}$/);
  await expect(dashboard.memory('teal')).toHaveCount(1);
  await expect(dashboard.candidate('teal')).toHaveCount(0);
});

test('the same probe again finds what was written meanwhile', async ({ dashboard, request, scope }) => {
  await dashboard.open();
  await dashboard.ask(fresh);
  await expect(dashboard.candidate('teal')).toHaveCount(0);
  await request.post('/turn', { form: { ...scope, text: 'Teal is the color I like most.' } });
  await dashboard.probe.click();
  await expect(dashboard.candidate('Teal is the color')).toHaveCount(1);
});

test('back leads from a probe to what was asked before', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.ask('Which food must I avoid?');
  await dashboard.ask('Which theme do I prefer?');
  await page.goBack();
  await expect(dashboard.recalled).toContainText('Probed “Which food must I avoid?”');
  await expect(dashboard.candidates.first()).toContainText('allergic to peanuts');
});

test('an empty text asks nothing', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.probe.click();
  await expect(dashboard.text).toBeFocused();
  await expect(dashboard.recalled).toContainText('Send a turn to see what it recalls');
});

test('a probe shows that it is under way', async ({ dashboard, page }) => {
  await dashboard.open();
  await expect(dashboard.probe).not.toHaveAttribute('aria-busy');
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/fn/look', async (route) => {
    await held;
    await route.continue();
  });
  await dashboard.fill('Which food must I avoid?');
  await dashboard.probe.click();
  await expect(dashboard.probe).toHaveAttribute('aria-busy', 'true');
  answer();
  await expect(dashboard.candidates.first()).toContainText('allergic to peanuts');
  await expect(dashboard.probe).not.toHaveAttribute('aria-busy');
});
