import type { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';
import { requestsOf, withoutLiveStream } from '../quiet';

const question = 'Remind me which theme I prefer in editors.';

test.beforeEach(async ({ dashboard, page }) => {
  await withoutLiveStream(page);
  await dashboard.open();
  await dashboard.send(question, { kind: 'skip' });
  await expect(dashboard.recalledNow).toHaveCount(1);
});

/** The place of a distance on the screen. */
async function placeOf(dashboard: Dashboard, distance: number): Promise<{ x: number; y: number }> {
  const box = await dashboard.axis.boundingBox();
  if (!box) throw new Error('the axis is not on the page');
  return { x: box.x + (box.width * distance) / 2, y: box.y + box.height / 3 };
}

test('every candidate is a dot, and all are told in words', async ({ dashboard }) => {
  await expect(dashboard.axis.locator('circle')).toHaveCount(8);
  await expect(dashboard.axis).toHaveAccessibleName(
    /^8 candidates between 0\.4\d\d and [01]\.\d{3}, 1 recalled; recall line at 0\.55, deduplication line at 0\.20$/,
  );
});

/** Where each dot stands, nearest first, and whether it is filled. */
async function dotsOf(dashboard: Dashboard): Promise<{ distance: number; isFilled: boolean }[]> {
  return dashboard.axis.locator('circle').evaluateAll((circles) =>
    circles.map((circle) => ({
      distance: Number(circle.getAttribute('cx')?.replace('%', '')) / 50,
      isFilled: circle.classList.contains('axis__dot--recalled'),
    })),
  );
}

test('the dots stand where their distances are', async ({ dashboard }) => {
  const shown = await dashboard.candidates.getByText(/^\d\.\d{3}$/).allInnerTexts();
  const dots = await dotsOf(dashboard);
  expect(dots).toHaveLength(shown.length);
  for (const [rank, { distance }] of dots.entries()) expect(distance).toBeCloseTo(Number(shown[rank]), 2);
});

for (const threshold of ['0.3', '0.55', '0.9', '2']) {
  test(`at ${threshold} as many dots are filled and shaded as memories are recalled, the nearest first`, async ({ dashboard }) => {
    await dashboard.recallWithin(threshold);
    const recalled = await dashboard.recalledNow.count();
    expect(recalled).toBeLessThanOrEqual(5);
    const dots = await dotsOf(dashboard);
    expect(dots.map(({ isFilled }) => isFilled)).toEqual(dots.map((_, rank) => rank < recalled));
    await expect(dashboard.axis).toHaveAccessibleName(new RegExp(`, ${recalled} recalled; `));
    const width = await dashboard.axis.locator('.axis__recalled').getAttribute('width');
    const shaded = dots.filter(({ distance }) => distance <= Number(width?.replace('%', '')) / 50);
    expect(shaded).toHaveLength(recalled);
  });
}

test('the deduplication line is drawn at its place and named', async ({ dashboard }) => {
  const word = await dashboard.axis.getByText('dedup').boundingBox();
  const { x } = await placeOf(dashboard, 0.2);
  if (!word) throw new Error('the word is not on the page');
  expect(Math.abs(word.x + word.width / 2 - x)).toBeLessThan(2);
});

test('the recall line is dragged: the list follows in the same breath and asks nobody', async ({ dashboard, page }) => {
  const requests = requestsOf(page);
  const [start, low, high] = await Promise.all([0.55, 0.3, 0.9].map((at) => placeOf(dashboard, at)));
  await page.mouse.move(start!.x, start!.y);
  await page.mouse.down();
  await page.mouse.move(low!.x, low!.y, { steps: 25 });
  // Not let go of yet.
  await expect(dashboard.threshold).toHaveValue(/^0\.(29|30|31)$/);
  await expect(dashboard.summary).toHaveText(/^0 recalled; the nearest is at 0\.4\d\d, 0\.1\d\d over$/);
  await expect(dashboard.candidates.first().getByText('left', { exact: true })).toBeVisible();
  await expect(page).not.toHaveURL(/threshold=/);
  await page.mouse.move(high!.x, high!.y, { steps: 25 });
  await expect(dashboard.threshold).toHaveValue(/^0\.(89|90|91)$/);
  await expect(dashboard.candidates.first().getByText('left', { exact: true })).toHaveCount(0);
  await page.mouse.up();
  await expect(page).toHaveURL(/threshold=0\.(89|9|91)/);
  expect(requests).toEqual([]);
});

test('rows that enter or leave by a movement are marked until the next one', async ({ dashboard, page }) => {
  const entered = dashboard.candidates.getByText('entered', { exact: true });
  const left = dashboard.candidates.getByText('left', { exact: true });
  await expect(entered).toHaveCount(0);
  await expect(left).toHaveCount(0);
  await dashboard.recallWithin('2');
  await expect(dashboard.recalledNow).toHaveCount(5);
  await expect(entered).toHaveCount(4);
  await dashboard.recallWithin('0.55');
  await expect(left).toHaveCount(4);
  await expect(entered).toHaveCount(0);
  // A key that is pressed is a movement of its own: nothing lies between these two.
  await dashboard.slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(dashboard.threshold).toHaveValue('0.56');
  await expect(left).toHaveCount(0);
});

for (const width of [1280, 360]) {
  test(`the lines of the candidates are one scale, ${width} pixels wide`, async ({ dashboard, page }) => {
    await page.setViewportSize({ width, height: 900 });
    for (const threshold of ['0.9', '0.6']) {
      await dashboard.recallWithin(threshold);
      const tracks = await dashboard.candidates.locator('.meter__track').evaluateAll((found) =>
        found.map((track) => {
          const { left, width } = track.getBoundingClientRect();
          return `${Math.round(left)} ${Math.round(width)}`;
        }),
      );
      expect(tracks).toHaveLength(8);
      expect(new Set(tracks).size).toBe(1);
      expect(Number(tracks[0]?.split(' ')[1])).toBeGreaterThan(30);
    }
  });
}

test('the marks of a movement are not carried over to another question', async ({ dashboard }) => {
  await dashboard.recallWithin('2');
  await expect(dashboard.candidates.getByText('entered', { exact: true })).toHaveCount(4);
  await dashboard.ask('Which food must I avoid because of my allergy?');
  await expect(dashboard.candidates.first()).toContainText('peanuts');
  await expect(dashboard.candidates.getByText(/^(entered|left)$/)).toHaveCount(0);
});

test('an empty result says how near the nearest is, and how far over', async ({ dashboard }) => {
  await dashboard.recallWithin('0.3');
  const summary = /^0 recalled; the nearest is at (\d\.\d{3}), (\d\.\d{3}) over$/;
  await expect(dashboard.summary).toHaveText(summary);
  const [, nearest, over] = summary.exec(await dashboard.summary.innerText()) ?? [];
  expect(Number(nearest) - Number(over)).toBeCloseTo(0.3, 2);
  await expect(dashboard.candidates.first().getByText(`${nearest}`, { exact: true })).toBeVisible();
  await expect(dashboard.candidates.first().getByText(`${over} over`, { exact: true })).toBeVisible();
});

test('one kind alone: the server is asked for it, and what is shown is what it recalls', async ({ dashboard, page, redis }) => {
  await dashboard.only.selectOption('episodic');
  await expect(dashboard.candidates).toHaveCount(3);
  await expect(page).toHaveURL(/only=episodic/);
  await dashboard.recallWithin('2');
  await expect(dashboard.recalledNow).toHaveCount(3);
  for (const kind of await dashboard.candidates.getByText(/^(episodic|semantic)$/).allInnerTexts()) {
    expect(kind).toBe('episodic');
  }
  await expect(dashboard.axis.locator('circle')).toHaveCount(3);
  const { user, namespace } = dashboard.scope;
  const count = await redis(
    ...['FT.SEARCH', 'agentmem:idx', '@user:{$u} @namespace:{$n} @kind:{episodic}', 'NOCONTENT'],
    ...['PARAMS', '4', 'u', user, 'n', namespace, 'DIALECT', '2'],
  );
  expect(count.split('\n')[0]).toBe('3');
  await page.reload();
  await expect(dashboard.only).toHaveValue('episodic');
  await expect(dashboard.recalledNow).toHaveCount(3);
  await dashboard.only.selectOption('');
  await expect(dashboard.candidates).toHaveCount(8);
  await expect(page).not.toHaveURL(/only=/);
});
