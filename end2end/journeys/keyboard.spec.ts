import { expect, test } from '../fixtures';

test('a turn is taken, tuned and dropped by keyboard alone', async ({ dashboard, page }) => {
  await dashboard.open();

  await test.step('the first stop leads past the head', async () => {
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  });

  await test.step('the form is walked in the order in which it is read', async () => {
    for (const stop of [dashboard.user, dashboard.namespace]) {
      await page.keyboard.press('Tab');
      await expect(stop).toBeFocused();
    }
    await tabTo(dashboard.text);
    await page.keyboard.type('Remind me which theme I prefer in editors.');
    await page.keyboard.press('Tab');
    await expect(dashboard.kind).toBeFocused();
    await page.keyboard.press('s');
    await page.keyboard.press('Tab');
    await expect(dashboard.role).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(dashboard.sendTurn).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dashboard.recentTurns).toContainText('Remind me which theme');
    await expect(dashboard.sendTurn).toBeFocused();
  });

  await test.step('the threshold is tuned', async () => {
    await tabTo(dashboard.slider);
    await page.keyboard.press('Home');
    await expect(dashboard.summary).toContainText('0 recalled');
  });

  await test.step('a memory is dropped, and brought back', async () => {
    const row = dashboard.memory('allergic to peanuts');
    await tabTo(dashboard.dropOf(row));
    await page.keyboard.press('Enter');
    await expect(row).toHaveCount(0);
    await expect(async () => {
      await page.keyboard.press('Shift+Tab');
      await expect(dashboard.undo).toBeFocused({ timeout: 1 });
    }).toPass({ intervals: [0] });
    await page.keyboard.press('Enter');
    await expect(row).toHaveCount(1);
  });

  async function tabTo(stop: typeof dashboard.text): Promise<void> {
    await expect(async () => {
      await page.keyboard.press('Tab');
      await expect(stop).toBeFocused({ timeout: 1 });
    }).toPass({ intervals: [0] });
  }
});

test('Enter in the name fields opens that memory and sends nothing', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.text.fill('Not yet to be sent');
  const bob = `${dashboard.scope.user} bob`;
  await dashboard.user.fill(bob);
  await dashboard.user.press('Enter');
  await expect(dashboard.table(bob)).toBeVisible();
  await expect(dashboard.memories).toHaveCount(0);
  await expect(dashboard.text).toHaveValue('Not yet to be sent');
});

test('every stop of the keyboard is visible and shows that it has the focus', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('Remind me which theme I prefer in editors.', { kind: 'skip' });
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const invisible: string[] = [];
  for (let stop = 0; stop < 40; stop += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.count()) === 0) break;
    const { hasOutline, html } = await focused.evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        hasOutline: outlineStyle !== 'none' && outlineWidth !== '0px',
        html: element.outerHTML.slice(0, 200),
      };
    });
    if (!hasOutline || !(await focused.isVisible())) invisible.push(html);
  }
  expect(invisible).toEqual([]);
});
