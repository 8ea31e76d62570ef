// A user is forgotten for good: what would go is told before, and what went after.
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { Dashboard, hydrated, type Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { memoryOf, writeMemories } from '../foreign';
import type { RedisCommand, RedisLines } from '../server';

test.use({ samples: false });

class Forget {
  readonly open: Locator;
  readonly sheet: Locator;
  readonly name: Locator;
  readonly send: Locator;

  constructor(readonly page: Page) {
    this.open = page.getByRole('link', { name: 'Forget this user…' });
    this.sheet = page.getByRole('dialog', { name: 'Forget a user' });
    this.name = this.sheet.getByLabel(/^To confirm, type the user’s name/);
    this.send = this.sheet.getByRole('button', { name: /^Forget / });
  }

  choice(name: string): Locator {
    return this.sheet.getByRole('navigation', { name: 'In which namespaces' }).getByRole('link', { name });
  }

  user(name: string): Locator {
    return this.sheet.getByRole('list', { name: 'Who has something here' }).getByRole('link').filter({ hasText: name });
  }

  /** All families that are not empty. */
  async counts(): Promise<Record<string, number>> {
    const rows = this.sheet.locator('dl > div');
    await expect(rows).toHaveCount(10);
    const texts = await rows.evaluateAll((rows) => rows.map((row) => Array.from(row.children, (child) => child.textContent ?? '')));
    return Object.fromEntries(texts.map(([label, count]) => [label, Number(count)]).filter(([, count]) => count !== 0));
  }
}

const word = ({ user }: Scope) => `zanzibar${user.replaceAll(/[^a-z0-9]/g, '')}`;

/** Something in each family of records: in the scope itself, and a memory in another namespace. */
async function live(request: APIRequestContext, paste: RedisLines, scope: Scope): Promise<void> {
  const call = async (method: string, path: string, data?: unknown, key?: string) => {
    const query = new URLSearchParams({ ...scope });
    const headers: Record<string, string> = key ? { 'idempotency-key': key } : {};
    const reply = await request.fetch(`/api/v1${path}?${query}`, { method, data, headers });
    expect(reply.ok(), `${method} ${path}: ${await reply.text()}`).toBe(true);
    return (await reply.json()) as Record<string, unknown>;
  };
  await call('POST', '/turn', { text: `The ${word(scope)} is on Tuesday.`, kind: 'semantic' }, `key-${word(scope)}`);
  await call('POST', '/turn', { text: `The ${word(scope)} is on Thursday.`, kind: 'semantic' });
  const pairs = (await call('GET', '/review')) as { pairs: { older: { id: string } }[] };
  expect(pairs.pairs).toHaveLength(1);
  await writeMemories(paste, [memoryOf(scope, { text: `Unreadable ${word(scope)}`, embedding: [1, 2] })]);
  const elsewhere = { user: scope.user, namespace: `${scope.namespace} two` };
  await request.post('/turn', { form: { ...elsewhere, text: `More of ${word(scope)} elsewhere.`, kind: 'semantic' } });
}

/** Keys that have these words in their names or anywhere in what they hold. */
async function keysWith(redis: RedisCommand, words: string): Promise<string[]> {
  const script = `
    local function flat(value)
      if type(value) ~= 'table' then return tostring(value) end
      local parts = {}
      for _, part in ipairs(value) do parts[#parts + 1] = flat(part) end
      return table.concat(parts, ' ')
    end
    local reads = { ['ReJSON-RL'] = { 'JSON.GET' }, hash = { 'HGETALL' }, string = { 'GET' }, set = { 'SMEMBERS' },
      stream = { 'XRANGE', '-', '+' }, list = { 'LRANGE', 0, -1 }, zset = { 'ZRANGE', 0, -1 } }
    local found = {}
    for _, key in ipairs(redis.call('KEYS', '*')) do
      local read = reads[redis.call('TYPE', key).ok]
      local value = redis.call(read[1], key, unpack(read, 2))
      if string.find(key .. ' ' .. flat(value), ARGV[1], 1, true) then found[#found + 1] = key end
    end
    return found`;
  return (await redis('EVAL', script, '0', words)).split('\n').filter((key) => key !== '' && key !== '(empty array)');
}

test('in one namespace, and then in every one: nothing of theirs is left', async ({ dashboard, page, paste, redis, request, scope }) => {
  const forget = new Forget(page);
  const other = { ...scope, user: `someone else ${word(scope)}`.replace('zanzibar', '') };
  await live(request, paste, scope);
  await request.post('/turn', { form: { ...other, text: 'Bread is baked on Mondays.', kind: 'semantic' } });
  await dashboard.open();
  await expect(dashboard.memories).toHaveCount(2);
  await dashboard.dropOf(dashboard.memory('Tuesday')).click();
  await expect(dashboard.memories).toHaveCount(1);

  await forget.open.click();
  await expect(forget.sheet).toContainText(`This would go of ${scope.user} in ${scope.namespace}:`);
  const would = await forget.counts();
  expect(would).toMatchObject({
    'Memories, current': 1,
    'Memories, dropped and not yet gone': 1,
    'Memories that the index cannot read': 1,
    'Entries of event logs': 3,
    'Pairs in the review': 1,
  });
  expect(would['Threads']).toBeGreaterThanOrEqual(1);
  expect(would['Answers kept for repeated requests']).toBeGreaterThanOrEqual(1);
  await expect(forget.user(scope.user).first()).toContainText('1 memory');
  expect((await keysWith(redis, word(scope))).length).toBeGreaterThan(4);

  await hydrated(page);
  await forget.name.fill(scope.user);
  await forget.send.click();
  await expect(forget.sheet).toContainText(`Forgot ${scope.user} in ${scope.namespace}:`);
  await expect(forget.sheet.getByRole('status')).toBeFocused();
  expect(await forget.counts()).toEqual(would);
  await expect(dashboard.memories).toHaveCount(0);
  // A reload tells the same and forgets nothing again.
  await page.reload();
  expect(await forget.counts()).toEqual(would);
  expect(await keysWith(redis, word(scope))).not.toEqual([]);

  await forget.user(scope.user).click();
  await expect(forget.choice('Only in end2end two')).toHaveAttribute('aria-current', 'true');
  await forget.choice('In every namespace').click();
  await expect(forget.choice('In every namespace')).toHaveAttribute('aria-current', 'true');
  await hydrated(page);
  await forget.name.fill(scope.user);
  await forget.name.press('Enter');
  await expect(forget.sheet).toContainText(`Forgot ${scope.user} in every namespace:`);
  expect(await keysWith(redis, word(scope))).toEqual([]);
  expect(await keysWith(redis, scope.user)).toEqual([]);
  await expect(forget.user(scope.user)).toHaveCount(0);
  // By the address: the list shows a hundred users, and the journeys before have more.
  await page.goto(`/?${new URLSearchParams({ ...other, forget: 'own' })}`);
  await expect(forget.sheet).toContainText(`This would go of ${other.user}`);
  await forget.sheet.getByRole('link', { name: 'Close' }).click();
  await expect(dashboard.memory('Bread is baked')).toHaveCount(1);
});

test('nobody of whom there is nothing is forgotten; Escape closes, and the focus goes back', async ({ dashboard, page }) => {
  const forget = new Forget(page);
  await dashboard.open();
  await forget.open.focus();
  await page.keyboard.press('Enter');
  await expect(forget.sheet).toContainText(`There is nothing of ${dashboard.scope.user} in end2end.`);
  await expect(forget.send).toHaveCount(0);
  await hydrated(page);
  await page.keyboard.press('Escape');
  await expect(forget.sheet).toHaveCount(0);
  await expect(forget.open).toBeFocused();
  await expect(page).not.toHaveURL(/forget=/);
});

test.describe('another name', () => {
  test.use({ samples: true, expectedConsoleErrors: /status of 4/ });

  test('forgets nobody, and says so', async ({ dashboard, page }) => {
    const forget = new Forget(page);
    await dashboard.open({ forget: 'own' });
    await forget.name.fill(dashboard.scope.user.toUpperCase());
    await forget.send.click();
    await expect(dashboard.alert).toContainText('The name has to be that of the user, to the letter.');
    await expect(forget.sheet).toBeVisible();
    await expect(dashboard.memories).toHaveCount(8);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false, samples: true });

  test('a user is chosen, counted and forgotten by plain links and a form', async ({ dashboard, page, redis, scope }) => {
    const forget = new Forget(page);
    await page.goto(Dashboard.address({ ...scope, user: `${scope.user} nobody` }));
    await forget.open.click();
    await expect(forget.sheet).toContainText('There is nothing of');
    await forget.user(scope.user).click();
    expect(await forget.counts()).toEqual({ 'Memories, current': 8 });
    await forget.name.fill('somebody else');
    await forget.send.click();
    await expect(dashboard.alert).toContainText('The name has to be that of the user, to the letter.');
    await expect(dashboard.memories).toHaveCount(8);
    await forget.name.fill(scope.user);
    await forget.send.click();
    await expect(forget.sheet).toContainText('8 records are gone for good.');
    await expect(dashboard.memories).toHaveCount(0);
    expect(await keysWith(redis, scope.user)).toEqual([]);
    await forget.sheet.getByRole('link', { name: 'Close' }).click();
    await expect(forget.sheet).toHaveCount(0);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the sheet and the receipt have no violations, and fit', async ({ dashboard, page, paste, request, scope }) => {
        const forget = new Forget(page);
        const check = async (name: string) => {
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
          const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
          expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`))).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          if (process.env.SCREENSHOTS) {
            await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${colorScheme}-${width}.png` });
          }
        };
        await live(request, paste, scope);
        await dashboard.open();
        await check('forget-link');
        await forget.open.click();
        await expect(forget.name).toBeVisible();
        await hydrated(page);
        await check('forget');
        await forget.name.fill(scope.user);
        await forget.send.click();
        await expect(forget.sheet.getByRole('status')).toBeVisible();
        await hydrated(page);
        await check('forgotten');
      });
    });
  }
}
