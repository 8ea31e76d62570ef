// What a person decides: memories that disagree, or that say the same twice.
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { Dashboard, type Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { embeddingOf, memoryOf, writeMemories } from '../foreign';

test.use({ samples: false });

const older = 'The stand-up is on Tuesday.';
const newer = 'The stand-up is on Thursday.';

/** Takes turns as an agent does, elsewhere than on the page. */
async function remember(request: APIRequestContext, scope: Scope, ...texts: string[]): Promise<void> {
  for (const text of texts) await request.post('/turn', { form: { ...scope, text, kind: 'semantic' } });
}

class Review {
  readonly link: Locator;
  readonly inbox: Locator;
  readonly pairs: Locator;
  readonly undo: Locator;

  constructor(readonly page: Page) {
    this.link = page.getByRole('link', { name: /^\d+ to review$|^Review$/ });
    this.inbox = page.getByRole('region', { name: 'Review', exact: true });
    this.pairs = this.inbox.getByRole('article');
    this.undo = this.inbox.getByRole('button', { name: 'Undo' });
  }

  button(name: string): Locator {
    return this.inbox.getByRole('button', { name, exact: true });
  }
}

test('a conflict appears live, in the head of the page and in the inbox', async ({ dashboard, page, request, scope }) => {
  const review = new Review(page);
  await dashboard.open();
  await expect(review.link).toHaveText('Review');
  await review.link.click();
  await expect(review.inbox).toBeFocused();
  await expect(review.inbox).toContainText('Nothing to review.');
  await expect(page).toHaveURL(/review=1/);
  await remember(request, scope, older, newer);
  await expect(review.link).toHaveText('1 to review');
  await expect(review.pairs).toHaveCount(1);
  await expect(review.pairs).toContainText('Thursday instead of Tuesday');
  await expect(review.pairs).toContainText(/0\.\d{3} apart, written by the api/);
  await expect(review.pairs.getByRole('deletion')).toHaveText('Tuesday');
  await expect(review.pairs.getByRole('insertion')).toHaveText('Thursday');
  await expect(review.pairs).toBeFocused();
  await review.inbox.getByRole('link', { name: 'Close' }).click();
  await expect(review.inbox).toHaveCount(0);
  await expect(review.link).toBeFocused();
  await expect(page).not.toHaveURL(/review=1/);
});

for (const { button, said, kept } of [
  { button: 'Newer wins', said: 'Kept the newer one.', kept: [newer] },
  { button: 'Older wins', said: 'Kept the older one.', kept: [older] },
  { button: 'Keep both', said: 'Kept both.', kept: [newer, older] },
  { button: 'Not a conflict', said: 'Noted that they are about different things.', kept: [newer, older] },
]) {
  test(`"${button}" is decided, and undone`, async ({ dashboard, page, request, scope }) => {
    const review = new Review(page);
    await remember(request, scope, older, newer);
    await dashboard.open({ review: '1' });
    await review.button(button).click();
    await expect(review.inbox).toContainText(said);
    await expect(review.pairs).toHaveCount(0);
    await expect(review.inbox).toContainText('Nothing to review.');
    await expect(review.link).toHaveText('Review');
    await expect(dashboard.memories).toHaveCount(kept.length);
    for (const text of kept) await expect(dashboard.memory(text)).toHaveCount(1);
    await review.undo.click();
    await expect(review.pairs).toHaveCount(1);
    await expect(review.undo).toHaveCount(0);
    await expect(review.pairs).toBeFocused();
    await expect(dashboard.memories).toHaveCount(2);
    await expect(page).not.toHaveURL(/decided=/);
  });
}

test('two are merged into a text of one\'s own, and come back by an undo', async ({ dashboard, page, request, scope }) => {
  const review = new Review(page);
  await remember(request, scope, older, newer);
  await dashboard.open({ review: '1' });
  await review.pairs.getByText('Merge…').click();
  const text = review.inbox.getByLabel('One text in place of both');
  await expect(text).toBeFocused();
  await expect(text).toHaveValue(newer);
  await text.fill('The stand-up moved from Tuesday to Thursday.');
  await review.button('Save as one').click();
  await expect(review.inbox).toContainText('Merged them into one.');
  await expect(dashboard.memories).toHaveText([/moved from Tuesday to Thursday/]);
  await review.undo.click();
  await expect(dashboard.memories).toHaveCount(2);
  await expect(dashboard.memory('moved from')).toHaveCount(0);
  await expect(review.pairs).toHaveCount(1);
});

test('all of it by keyboard', async ({ dashboard, page, request, scope }) => {
  const review = new Review(page);
  await remember(request, scope, older, newer, 'Ada likes tea.', 'Ada does not like tea.', 'The budget is 300 euros.', 'The budget is 500 euros.');
  await dashboard.open();
  await expect(review.link).toHaveText('3 to review');
  await page.keyboard.press('Alt+i');
  await expect(review.pairs).toHaveCount(3);
  const [first, second, third] = [review.pairs.nth(0), review.pairs.nth(1), review.pairs.nth(2)];
  await expect(first).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await expect(third).toBeFocused();
  await page.keyboard.press('k');
  await expect(second).toBeFocused();
  await expect(second).toContainText('not like instead of likes');
  await page.keyboard.press('o');
  await expect(review.inbox).toContainText('Kept the older one.');
  await expect(review.pairs).toHaveCount(2);
  await expect(second).toBeFocused();
  await expect(second).toContainText('Tuesday');
  await page.keyboard.press('u');
  await expect(review.pairs).toHaveCount(3);
  await expect(second).toBeFocused();
  await expect(second).toContainText('not like instead of likes');
  for (const [key, said] of [['b', 'Kept both.'], ['x', 'about different things'], ['n', 'Kept the newer one.']] as const) {
    const left = await review.pairs.count();
    await page.keyboard.press(key);
    await expect(review.inbox).toContainText(said);
    await expect(review.pairs).toHaveCount(left - 1);
    if (left > 1) await expect(review.pairs.nth(Math.min(1, left - 2))).toBeFocused();
  }
  await expect(review.inbox.getByText('Nothing to review.')).toBeFocused();
  await page.keyboard.press('u');
  await expect(review.pairs).toBeFocused();
  await page.keyboard.press('m');
  await expect(review.inbox.getByLabel('One text in place of both')).toBeFocused();
  await page.keyboard.type('nobxujk');
  await expect(review.pairs).toHaveCount(1);
});

test('a scan finds what other programs wrote, and changes nothing', async ({ dashboard, page, paste, redis, request, scope }) => {
  const review = new Review(page);
  const [one, other] = await Promise.all([older, newer].map((text) => embeddingOf(request, redis, scope, text)));
  await writeMemories(paste, [
    memoryOf(scope, { text: older, embedding: one ?? [], created_ts: 1795334592 }),
    memoryOf(scope, { text: newer, embedding: other ?? [], created_ts: 1795338192 }),
  ]);
  await dashboard.open({ review: '1' });
  await expect(review.inbox).toContainText('Nothing to review.');
  await review.button('Scan').click();
  await expect(review.inbox).toContainText('all 2 compared, 1 found');
  await expect(review.pairs).toContainText('found by a scan');
  await expect(review.pairs).toContainText('1 h earlier');
  await expect(dashboard.memories).toHaveCount(2);
  await review.button('Scan').click();
  await expect(review.inbox).toContainText('all 2 compared, 0 found');
});

test('a long scan is stopped, and goes on where it was', async ({ dashboard, page, paste, redis, request, scope }) => {
  const review = new Review(page);
  const embedding = await embeddingOf(request, redis, scope, older);
  await writeMemories(paste, Array.from({ length: 450 }, (_, at) => memoryOf(scope, { text: `Room ${at}`, embedding })));
  await dashboard.open({ review: '1' });
  let answer = () => {};
  await page.route('**/api/fn/review', async (route) => {
    await new Promise<void>((resolve) => (answer = resolve));
    await route.continue();
  });
  await review.button('Scan').click();
  await expect(review.inbox).toContainText('comparing…');
  await review.button('Stop').click();
  answer();
  await expect(review.inbox).toContainText(/stopped: 200 of 450 compared, [\d,]+ found/);
  await page.unroute('**/api/fn/review');
  await review.button('Go on').click();
  await expect(review.inbox).toContainText(/all 450 compared, [\d,]+ found/);
});

test('an earlier version that is recalled with a newer one is marked', async ({ dashboard, request, scope }) => {
  await remember(request, scope, older, newer);
  await dashboard.open();
  await dashboard.ask('When is the stand-up?');
  const disagrees = 'disagrees with the newer one: Thursday instead of Tuesday';
  await expect(dashboard.candidate(older)).toContainText(disagrees);
  await expect(dashboard.candidate(newer)).not.toContainText('disagrees');
  await dashboard.recallWithin('0');
  await expect(dashboard.recalled).not.toContainText('disagrees');
});

test('a text of others is never markup', async ({ dashboard, page, request, scope }) => {
  const review = new Review(page);
  await remember(request, scope, 'Deploy <img src=x> on Tuesday.', 'Deploy <img src=x> on Thursday.');
  await dashboard.open({ review: '1' });
  await expect(review.pairs).toContainText('Deploy <img src=x> on Thursday.');
  await expect(review.pairs.locator('img')).toHaveCount(0);
});

test.describe('a pair that is gone', () => {
  test.use({ expectedConsoleErrors: /status of 404/ });

  test('says so', async ({ dashboard, page, request, scope, redis }) => {
    const review = new Review(page);
    await remember(request, scope, older, newer);
    await dashboard.open({ review: '1' });
    const id = await dashboard.idOf(dashboard.memory(older));
    await page.route('**/api/fn/look', () => undefined);
    await redis('DEL', `agent:mem:${id}`);
    await review.button('Newer wins').click();
    await expect(dashboard.alert.filter({ hasText: 'The memory is gone' })).toBeVisible();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a decision, a merge, their undo and a scan are posted', async ({ dashboard, page, request, scope }) => {
    const review = new Review(page);
    await remember(request, scope, older, newer);
    await page.goto(Dashboard.address(scope));
    await review.link.click();
    await expect(review.pairs).toHaveCount(1);
    await review.button('Older wins').click();
    await expect(review.inbox).toContainText('Kept the older one.');
    await expect(review.inbox).toContainText('Nothing to review.');
    await expect(dashboard.memories).toHaveText([/Tuesday/]);
    await review.undo.click();
    await expect(review.pairs).toHaveCount(1);
    await expect(page).not.toHaveURL(/decided=/);
    await review.pairs.getByText('Merge…').click();
    await review.inbox.getByLabel('One text in place of both').fill('Tuesday until May,\nThursday since.');
    await review.button('Save as one').click();
    await expect(dashboard.memories).toHaveText([/Tuesday until May,\s+Thursday since\./]);
    await review.undo.click();
    await expect(dashboard.memories).toHaveCount(2);
    await review.button('Scan').click();
    await expect(review.pairs).toHaveCount(1);
    await review.pairs.getByText('Merge…').click();
    await review.inbox.getByLabel('One text in place of both').fill('   ');
    await review.button('Save as one').click();
    await expect(dashboard.alert).toContainText('The text is required.');
    await review.inbox.getByRole('link', { name: 'Close' }).click();
    await expect(review.inbox).toHaveCount(0);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the inbox has no violations, and fits', async ({ dashboard, page, request, scope }) => {
        const review = new Review(page);
        await remember(request, scope, older, newer, 'Ada likes tea.', 'Ada does not like tea.');
        await dashboard.open({ review: '1' });
        await dashboard.ask('When is the stand-up?');
        await review.button('Keep both').first().click();
        await expect(review.undo).toBeVisible();
        await expect(review.pairs).toHaveCount(1);
        await review.pairs.getByText('Merge…').click();
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary}`))).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        if (process.env.SCREENSHOTS) {
          await page.screenshot({ path: `${process.env.SCREENSHOTS}/review-${colorScheme}-${width}.png`, fullPage: true });
        }
      });
    });
  }
}
