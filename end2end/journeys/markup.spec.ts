// Notes, goals, turns, memories and events that hold markup are text on the page, whoever wrote them.
import type { APIRequestContext, Page } from '@playwright/test';
import { Dashboard, hydrated, type Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { freshId, sessionKey, writeEvent } from '../foreign';
import type { RedisCommand } from '../server';

const notes = [
  '</textarea><meta http-equiv=refresh content="0;url=/nothing-here">',
  '</textarea></form><form action=/api/fn/reset method=post><button>Save notes</button>',
  'The field ends with </textarea>, said somebody.',
  '\nthe first line is empty',
  '&lt;b&gt; &amp; 1 < 2 && 3 > 2',
  '</script><!--<script>',
];

/** A thread on which everything that somebody else can write holds this text. */
async function begin(request: APIRequestContext, redis: RedisCommand, scope: Scope, text: string): Promise<string> {
  const thread = freshId();
  const form = { ...scope, thread_id: thread, text };
  for (const action of ['turn', 'goal']) {
    expect((await request.post('/turn', { form: { ...form, action, kind: 'semantic' } })).ok()).toBe(true);
  }
  await redis('HSET', sessionKey(thread), 'scratchpad', text, 'agent', text);
  await writeEvent(redis, thread, text, text);
  return thread;
}

/** What would be there if some of the text had been markup. */
async function expectNoMarkup(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/ · agent-memory$/);
  await expect(page.locator('meta[http-equiv]')).toHaveCount(0);
  await expect(page.locator('.working-memory__scratchpad').getByRole('button')).toHaveText(['Save notes']);
  await expect(page.locator('form[action="/api/fn/reset"]')).toHaveCount(1);
}

for (const [number, text] of notes.entries()) {
  test(`notes ${number} with markup are shown, edited and saved to the letter`, async ({ dashboard, page, redis, request, scope }) => {
    const thread = await begin(request, redis, scope, text);
    await dashboard.open({ thread });
    await expect(dashboard.scratchpad).toHaveValue(text);
    await expect(dashboard.events.first()).toContainText(text.trim());
    await expect(dashboard.recentTurns.first()).toContainText(text.trim());
    await expectNoMarkup(page);
    await dashboard.scratchpad.fill(`${text}\nand more`);
    await dashboard.saveNotes.click();
    await expect.poll(() => redis('HGET', sessionKey(thread), 'scratchpad')).toBe(`${text}\nand more`);
    await page.reload();
    await hydrated(page);
    await expect(dashboard.scratchpad).toHaveValue(`${text}\nand more`);
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  for (const [number, text] of notes.entries()) {
    test(`notes ${number} with markup are shown, edited and saved to the letter`, async ({ dashboard, page, redis, request, scope }) => {
      const thread = await begin(request, redis, scope, text);
      await page.goto(Dashboard.address(scope, { thread }));
      await expect(dashboard.scratchpad).toHaveValue(text);
      await expectNoMarkup(page);
      await dashboard.saveNotes.click();
      await expect(dashboard.scratchpad).toHaveValue(text);
      // Browsers post a line break as two characters; it is stored as one, as everywhere else.
      expect(await redis('HGET', sessionKey(thread), 'scratchpad')).toBe(text);
      await dashboard.scratchpad.fill(`${text}\nand more`);
      await dashboard.saveNotes.click();
      await expect(dashboard.scratchpad).toHaveValue(`${text}\nand more`);
      expect(await redis('HGET', sessionKey(thread), 'scratchpad')).toBe(`${text}\nand more`);
    });
  }
});

test('a character that HTML cannot hold does not break the page', async ({ dashboard, page, paste, redis, request, scope }) => {
  const thread = await begin(request, redis, scope, 'Before.');
  const key = sessionKey(thread);
  await paste(`HSET ${key} goal "\\x00" scratchpad "\\x00" agent "\\x00"\nXADD agent:events:${thread} * action "\\x00" detail "\\x00" ts 1`);
  await dashboard.open({ thread });
  await expect(dashboard.events).toHaveCount(4);
  await dashboard.send('After.', { kind: 'skip' });
  await expect(dashboard.recentTurns.first()).toContainText('After.');
  await expect(page).toHaveTitle(/ · agent-memory$/);
});
