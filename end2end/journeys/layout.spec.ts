// Nothing is wider than the window, and nothing moves under the pointer.
import type { Locator, Page } from '@playwright/test';
import type { Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';

for (const width of [360, 480, 768, 1152, 1280, 1920]) {
  test(`no sideways scrolling at ${width} pixels`, async ({ dashboard, page }) => {
    await page.setViewportSize({ width, height: 900 });
    await dashboard.open();
    await expectNoSidewaysScrolling(page);
    await dashboard.send(`Remind me which theme I prefer in ${'very-'.repeat(40)}long editors.`);
    await expect(dashboard.memories).toHaveCount(9);
    await dashboard.commands.click();
    await (await dashboard.reasons(dashboard.candidates.first())).first().isVisible();
    await expectNoSidewaysScrolling(page);
    await dashboard.threadsSwitch.click();
    await expectNoSidewaysScrolling(page);
    await dashboard.threadsSwitch.click();
    const reset = dashboard.longTermMemory.getByText('Clear and re-seed…');
    await reset.click();
    await expectNoSidewaysScrolling(page);
    await reset.click();
    await dashboard.dropOf(dashboard.memories.first()).click();
    await expect(dashboard.undo).toBeVisible();
    await expectNoSidewaysScrolling(page);
  });
}

for (const width of [360, 768, 1280]) {
  test(`the floating sheets lie inside the window at ${width} pixels`, async ({ dashboard, page }) => {
    await page.setViewportSize({ width, height: 900 });
    await dashboard.open();
    await dashboard.send('Begin.', { kind: 'skip' });
    await dashboard.threadsSwitch.click();
    await expectInside(page, dashboard.findThreads, width);
    await expectInside(page, dashboard.threads.first(), width);
    await dashboard.threadsSwitch.click();
    await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
    await expectInside(page, page.getByRole('group', { name: /^Which memories go\?/ }), width);
    await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
    await dashboard.dropOf(dashboard.memories.first()).click();
    await expectInside(page, dashboard.undo, width);
    await page.getByRole('button', { name: 'Keys and help' }).click();
    await expectInside(page, page.getByRole('region', { name: 'Keys and help' }), width);
  });
}

test('very long words do not widen the page', async ({ dashboard, page }) => {
  await page.setViewportSize({ width: 360, height: 900 });
  await dashboard.open();
  await dashboard.send('x'.repeat(2_000));
  await expect(dashboard.memories).toHaveCount(9);
  await dashboard.fill('y'.repeat(500));
  await dashboard.setAsGoal.click();
  await expect(dashboard.fact('Goal')).toHaveText(/^y+$/);
  await expectNoSidewaysScrolling(page);
});

test('nothing shifts during a turn, a probe and a drop', async ({ dashboard, page }) => {
  await page.setViewportSize({ width: 1280, height: 2_400 });
  await dashboard.open();
  // The first turn brings the lists; how they fill is the next test's.
  await dashboard.send('Begin.', { kind: 'skip' });
  await dashboard.ask('Which food must I avoid?');
  await watchShifts(page);

  await dashboard.send('Remind me which theme I prefer in editors.', { kind: 'semantic' });
  await expect(dashboard.memories).toHaveCount(9);
  await expect(dashboard.recalled).toContainText('For “Remind me');
  expect(await shiftOf(page), 'by a turn').toBeLessThan(0.02);

  await dashboard.ask('What did we discuss about the order-routing outage?');
  await expect(dashboard.preview).not.toBeEmpty();
  expect(await shiftOf(page), 'by a probe').toBeLessThan(0.02);

  await dashboard.dropOf(dashboard.memories.first()).click();
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.undo).toBeVisible();
  expect(await shiftOf(page), 'by a drop').toBeLessThan(0.02);
});

test('the form and the heads of the panels stay where they are, from the first turn on', async ({ dashboard, page }) => {
  await dashboard.open();
  const before = await places(dashboard);
  await dashboard.fill('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await expect(dashboard.preview).not.toBeEmpty();
  expect(await places(dashboard), 'while typing').toEqual(before);
  await dashboard.sendTurn.click();
  await expect(dashboard.candidates).toHaveCount(8);
  expect(await places(dashboard), 'after the first turn').toEqual(before);
  await dashboard.ask('What did we discuss about the order-routing outage?');
  expect(await places(dashboard), 'after a probe').toEqual(before);
  await dashboard.dropOf(dashboard.memories.first()).click();
  await expect(dashboard.undo).toBeVisible();
  expect(await places(dashboard), 'after a drop').toEqual(before);
  await expectNoSidewaysScrolling(page);
});

test('the threshold moves no row', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.ask('Remind me which theme I prefer in editors.');
  const last = dashboard.candidates.last();
  const before = await last.boundingBox();
  for (const threshold of ['0.30', '0.90', '2.00', '0.55']) {
    await dashboard.recallWithin(threshold);
    expect(await last.boundingBox(), `at ${threshold}`).toEqual(before);
  }
});

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(content, 'the page is no wider than the window').toBeLessThanOrEqual(window);
}

async function expectInside(page: Page, part: Locator, width: number): Promise<void> {
  await expect(part).toBeVisible();
  const box = await part.boundingBox();
  if (!box) throw new Error(`${part} is not on the page`);
  expect(box.x, `${part} begins inside the window`).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width, `${part} ends inside the window`).toBeLessThanOrEqual(width);
  await expectNoSidewaysScrolling(page);
}

/** Adds up all shifts from now on, those right after a click too: here everything comes right after a click. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shifts = { sum: 0 };
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.sum += (entry as unknown as { value: number }).value;
    });
    observer.observe({ type: 'layout-shift' });
    Object.assign(window, { shifts });
  });
}

/** The sum since it was last asked for. */
async function shiftOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // What has been painted by now is told by then.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const { shifts } = window as unknown as { shifts: { sum: number } };
    const { sum } = shifts;
    shifts.sum = 0;
    return sum;
  });
}

/** Where the parts begin that a hand may be about to reach for. */
async function places(dashboard: Dashboard): Promise<unknown[]> {
  const { page } = dashboard;
  const scrolled = await page.evaluate(() => window.scrollY);
  const parts = [
    dashboard.sendTurn,
    dashboard.lastWrite,
    dashboard.threshold,
    dashboard.slider,
    ...['Working memory', 'Recalled memories', 'Event log'].map((name) => page.getByRole('heading', { name })),
  ];
  return Promise.all(
    parts.map(async (part) => {
      const box = await part.boundingBox();
      return [Math.round(box?.x ?? -1), Math.round((box?.y ?? -1) + scrolled)];
    }),
  );
}

test('on paper everything is there, and nothing to press', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.ask('Remind me which theme I prefer in editors.');
  await page.emulateMedia({ media: 'print' });
  for (const list of [dashboard.candidates.locator('..'), dashboard.longTermMemory.getByRole('region')]) {
    const clipped = await list.evaluate((list) => list.scrollHeight - list.clientHeight);
    expect(clipped).toBeLessThanOrEqual(0);
  }
  for (const button of await page.getByRole('button').all()) await expect(button).toBeHidden();
  await expect(dashboard.text).toBeHidden();
});

test.describe('where the browser chooses the colours', () => {
  test.use({ contextOptions: { forcedColors: 'active', reducedMotion: 'reduce' } });

  test('the recall line, the lamp and what is recalled can be seen', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.ask('Remind me which theme I prefer in editors.');
    await expect(dashboard.recalledNow).toHaveCount(1);
    const edges = await dashboard.candidates.evaluateAll((rows) =>
      rows.map((row) => getComputedStyle(row).borderInlineStartColor),
    );
    expect(edges[0]).not.toBe(edges[1]);
    const dots = await dashboard.axis.locator('circle').evaluateAll((dots) => dots.map((dot) => getComputedStyle(dot).fill));
    expect(dots[0]).not.toBe(dots[1]);
    const lamp = await dashboard.connection.evaluate((lamp) => getComputedStyle(lamp, '::before').borderTopWidth);
    expect(lamp).not.toBe('0px');
  });
});
