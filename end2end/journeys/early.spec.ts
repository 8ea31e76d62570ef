// What somebody does before the page is taken over is not lost.
import type { Page } from '@playwright/test';
import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';

/** Opens the page and holds it back before it is taken over, until the answer is called. */
async function openHeld(page: Page, address: string): Promise<() => Promise<void>> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/pkg/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(address, { waitUntil: 'commit' });
  await page.getByRole('region', { name: 'Long-term memory' }).waitFor();
  return async () => {
    release();
    await hydrated(page);
  };
}

test('a slider that was moved stays there, and the list follows it', async ({ dashboard, page, scope }) => {
  await dashboard.open();
  await dashboard.send('Remind me which theme I prefer in editors.', { kind: 'skip' });
  const go = await openHeld(page, page.url());
  await dashboard.slider.focus();
  await page.keyboard.press('End');
  await go();
  await expect(dashboard.threshold).toHaveValue('2.00');
  await expect(dashboard.slider).toHaveValue('2');
  await expect(dashboard.recalledNow).toHaveCount(5);
  await expect(dashboard.summary).toHaveText('5 recalled of 8 candidates');
  await expect(page).toHaveURL(/threshold=2/);
  expect(page.url()).toContain(encodeURIComponent(scope.user));
});

test('a threshold between the steps of the slider is not taken for a movement', async ({ dashboard, page, scope }) => {
  const go = await openHeld(page, Dashboard.address(scope, { threshold: '0.725' }));
  await go();
  await expect(dashboard.threshold).toHaveValue('0.725');
  await expect(page).toHaveURL(/threshold=0\.725/);
});

test('notes that were typed are a draft', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
  const go = await openHeld(page, page.url());
  await dashboard.scratchpad.fill('Quicker than the page');
  await go();
  await expect(dashboard.scratchpad).toHaveValue('Quicker than the page');
  await dashboard.saveNotes.click();
  await page.reload();
  await hydrated(page);
  await expect(dashboard.scratchpad).toHaveValue('Quicker than the page');
});
