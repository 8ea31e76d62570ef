import { requestsOf, withoutLiveStream } from '../quiet';
import { expect, test } from '../fixtures';

test.beforeEach(async ({ dashboard, page }) => {
  await withoutLiveStream(page);
  await dashboard.open();
  await dashboard.send('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await expect(dashboard.recalledNow).not.toHaveCount(0);
});

test('the slider answers arrow keys by one hundredth, and asks nobody', async ({ dashboard, page }) => {
  const requests = requestsOf(page);
  await dashboard.slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(dashboard.threshold).toHaveValue('0.54');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(dashboard.threshold).toHaveValue('0.56');
  await page.keyboard.press('Home');
  await expect(dashboard.threshold).toHaveValue('0.00');
  await expect(dashboard.recalledNow).toHaveCount(0);
  await page.keyboard.press('End');
  await expect(dashboard.threshold).toHaveValue('2.00');
  await expect(dashboard.summary).toHaveText('5 recalled of 8 candidates');
  await expect(page).toHaveURL(/threshold=2/);
  expect(requests).toEqual([]);
});

test('a drag of the slider moves the line in the same way, and asks nobody', async ({ dashboard, page }) => {
  const requests = requestsOf(page);
  const box = await dashboard.slider.boundingBox();
  if (!box) throw new Error('the slider is not on the page');
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.275, middle);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.02, middle, { steps: 20 });
  // Not let go of yet: the list has followed already.
  await expect(dashboard.recalledNow).toHaveCount(0);
  await expect(dashboard.summary).toContainText('0 recalled; the nearest is at');
  await page.mouse.move(box.x + box.width * 0.9, middle, { steps: 20 });
  await expect(dashboard.recalledNow).toHaveCount(5);
  await page.mouse.up();
  expect(requests).toEqual([]);
});

test('a typed value is taken, with more than two decimals too', async ({ dashboard, page }) => {
  const requests = requestsOf(page);
  await dashboard.threshold.fill('0.3');
  await dashboard.threshold.press('Enter');
  await expect(dashboard.threshold).toHaveValue('0.30');
  await expect(dashboard.slider).toHaveValue('0.3');
  await expect(dashboard.recalledNow).toHaveCount(0);
  await dashboard.threshold.fill('0.725');
  await dashboard.threshold.press('Tab');
  await expect(dashboard.threshold).toHaveValue('0.725');
  await expect(dashboard.recalledNow).not.toHaveCount(0);
  expect(requests).toEqual([]);
});

test('a typed value beyond the ends is clamped, and an empty one changes nothing', async ({ dashboard }) => {
  await dashboard.threshold.fill('7');
  await dashboard.threshold.press('Enter');
  await expect(dashboard.threshold).toHaveValue('2.00');
  await dashboard.threshold.fill('-1');
  await dashboard.threshold.press('Enter');
  await expect(dashboard.threshold).toHaveValue('0.00');
  await dashboard.threshold.fill('');
  await dashboard.threshold.press('Enter');
  await expect(dashboard.threshold).toHaveValue('0.00');
});

test('what is missed stays below the line, with how far it is over', async ({ dashboard }) => {
  const missed = dashboard.candidates.filter({ hasText: /0\.\d{3} over/ });
  const recalled = await dashboard.recalledNow.count();
  await expect(missed).toHaveCount(8 - recalled);
  const distance = Number(await missed.first().getByText(/^\d\.\d{3}$/).innerText());
  const over = Number((await missed.first().getByText(/over$/).innerText()).split(' ')[0]);
  expect(distance - over).toBeCloseTo(0.55, 2);
});

test('the shown set is what the server recalls at that threshold', async ({ dashboard, request }) => {
  for (const threshold of ['0.30', '0.55', '0.80', '0.90', '2.00']) {
    await dashboard.threshold.fill(threshold);
    await dashboard.threshold.press('Enter');
    const reply = await request.post('/turn', {
      form: { ...dashboard.scope, text: 'Remind me which theme I prefer in editors.', kind: 'skip', threshold },
    });
    const { recalled } = (await reply.json()) as { recalled: { id: string }[] };
    await expect(dashboard.recalledNow).toHaveCount(recalled.length);
    for (const [rank, { id }] of recalled.entries()) {
      await expect(dashboard.recalledNow.nth(rank)).toContainText(id);
    }
  }
});

test('an arrow key that is held down passes every hundredth', async ({ dashboard, page }) => {
  test.slow();
  await dashboard.slider.focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 120; step += 1) await page.keyboard.press('ArrowRight');
  await expect(dashboard.threshold).toHaveValue('1.20');
  await expect(page).toHaveURL(/threshold=1\.20?(&|$)/);
});

test('a chosen threshold stays over the next turn and a reload', async ({ dashboard, page }) => {
  await dashboard.threshold.fill('0.7');
  await dashboard.threshold.press('Enter');
  await dashboard.send('And which language do I write?', { kind: 'skip' });
  await expect(dashboard.threshold).toHaveValue('0.70');
  await page.reload();
  await expect(dashboard.threshold).toHaveValue('0.70');
});
