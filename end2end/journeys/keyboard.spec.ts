import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures';

/** Presses Tab until a part has the focus. */
async function tabTo(page: Page, stop: Locator, key = 'Tab'): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await expect(stop).toBeFocused({ timeout: 1 });
  }).toPass({ intervals: [0] });
}

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
    await tabTo(page, dashboard.text);
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
    await tabTo(page, dashboard.slider);
    await page.keyboard.press('Home');
    await expect(dashboard.summary).toContainText('0 recalled');
  });

  await test.step('a memory is dropped, and brought back', async () => {
    const row = dashboard.memory('allergic to peanuts');
    await tabTo(page, dashboard.dropOf(row));
    await page.keyboard.press('Enter');
    await expect(row).toHaveCount(0);
    await tabTo(page, dashboard.undo, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(row).toHaveCount(1);
  });
});

test('after a drop the focus is not lost', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.dropOf(dashboard.memory('allergic to peanuts')).focus();
  await page.keyboard.press('Enter');
  await expect(dashboard.memories).toHaveCount(7);
  await expect(dashboard.undo).toBeVisible();
  // Somewhere inside the table's part: who goes on by keyboard does not begin at the top again.
  await expect(dashboard.longTermMemory.locator(':focus')).toHaveCount(1);
});

test('Ctrl and Enter send the turn from its text', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.text.focus();
  await page.keyboard.type('First line.');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Second line.');
  await expect(dashboard.text).toHaveValue('First line.\nSecond line.');
  await page.keyboard.press('Control+Enter');
  await expect(dashboard.text).toHaveValue('');
  await expect(dashboard.text).toBeFocused();
  await expect(dashboard.recentTurns).toHaveText([/First line\.\s*Second line\./]);
});

test('the keys of the help do what it says', async ({ dashboard, page }) => {
  await dashboard.open();

  await test.step('Alt+T and Alt+P: say and probe', async () => {
    await page.keyboard.press('Alt+t');
    await expect(dashboard.text).toBeFocused();
    await page.keyboard.type('Which food must I avoid?');
    await page.keyboard.press('Alt+p');
    await expect(dashboard.recalled).toContainText('Probed “Which food must I avoid?”');
    await expect(dashboard.text).toHaveValue('Which food must I avoid?');
    await expect(dashboard.text).toBeFocused();
  });

  await test.step('Alt+R: tune by arrow keys', async () => {
    await page.keyboard.press('Alt+r');
    await expect(dashboard.slider).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    await expect(dashboard.threshold).toHaveValue('0.53');
    await expect(page).toHaveURL(/threshold=0\.53/);
  });

  await test.step('Alt+F: find in the table', async () => {
    await page.keyboard.press('Alt+f');
    await expect(dashboard.find).toBeFocused();
    await page.keyboard.type('peanuts');
    await expect(dashboard.memories).toHaveText([/allergic to peanuts/]);
  });

  await test.step('Alt+N: a new thread, and Alt+S: among the threads', async () => {
    await page.keyboard.press('Alt+n');
    const first = await dashboard.threadId();
    await page.keyboard.press('Alt+n');
    await expect(dashboard.fact('Thread')).not.toHaveText(first);
    await page.keyboard.press('Alt+s');
    await expect(dashboard.findThreads).toBeFocused();
    await tabTo(page, dashboard.threads.filter({ hasText: first }));
    await page.keyboard.press('Enter');
    await expect(dashboard.fact('Thread')).toHaveText(first);
  });

  await test.step('Alt+H: the help, closed by Escape', async () => {
    const help = page.getByRole('region', { name: 'Keys and help' });
    await page.keyboard.press('Alt+h');
    await expect(help).toBeVisible();
    await expect(help.getByRole('term')).toHaveCount(15);
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
  });
});

test('Option keys of a Mac type letters in a field, and are commands elsewhere', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
  const thread = await dashboard.threadId();
  /** Whether the page takes a key, which then types nothing. */
  const isTaken = (code: string, key: string) =>
    page.evaluate(
      ([code, key]) => {
        const typed = new KeyboardEvent('keydown', { code, key, altKey: true, bubbles: true, cancelable: true });
        return !(document.activeElement ?? document.body).dispatchEvent(typed);
      },
      [code, key] as const,
    );
  for (const field of [dashboard.text, dashboard.scratchpad, dashboard.find, dashboard.user]) {
    await field.focus();
    for (const [code, key] of [['KeyN', 'Dead'], ['KeyS', 'ß'], ['KeyP', 'π'], ['KeyT', '†']] as const) {
      expect(await isTaken(code, key)).toBe(false);
    }
    await expect(field).toBeFocused();
  }
  expect(await dashboard.threadId()).toBe(thread);
  expect(await isTaken('KeyT', 't')).toBe(true);
  await expect(dashboard.text).toBeFocused();
  await dashboard.slider.focus();
  expect(await isTaken('KeyT', '†')).toBe(true);
  await expect(dashboard.text).toBeFocused();
});

test('Escape folds the threads away and gives the focus back', async ({ dashboard, page }) => {
  await dashboard.open();
  await page.keyboard.press('Alt+s');
  await expect(dashboard.findThreads).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dashboard.findThreads).toBeHidden();
  await expect(dashboard.threadsSwitch).toBeFocused();
});

test('the table is scrolled and sorted by keyboard', async ({ dashboard, page }) => {
  await page.setViewportSize({ width: 800, height: 700 });
  await dashboard.open();
  const region = dashboard.longTermMemory.getByRole('region', { name: /^8 memories of / });
  await tabTo(page, region);
  await tabTo(page, dashboard.heading('Hits').getByRole('link'));
  await page.keyboard.press('Enter');
  await expect(dashboard.heading('Hits')).toHaveAttribute('aria-sort', 'descending');
  await expect(dashboard.heading('Hits').getByRole('link')).toBeFocused();
});

test('a held arrow key moves the threshold by one hundredth a press', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.slider.focus();
  await page.keyboard.down('ArrowRight');
  for (let repeat = 0; repeat < 9; repeat += 1) await page.keyboard.down('ArrowRight');
  await page.keyboard.up('ArrowRight');
  await expect(dashboard.threshold).toHaveValue('0.65');
  await page.keyboard.press('PageDown');
  await expect(dashboard.threshold).not.toHaveValue('0.65');
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
  for (let stop = 0; stop < 60; stop += 1) {
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
