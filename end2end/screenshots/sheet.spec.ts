import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures';

const looks = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'agent-memory-screenshots-'));
mkdirSync(looks, { recursive: true });

test.use({ viewport: { width: 1440, height: 900 } });
test.afterAll(() => console.log(looks));

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('the sheet of a memory, and rows that are picked', async ({ dashboard, page, request, scope }) => {
      const at = new URLSearchParams({ ...scope });
      const remember = async (text: string) => {
        const reply = await request.post(`/api/v1/memories?${at}`, { data: { text, kind: 'semantic' } });
        const { memory_id, memory } = (await reply.json()) as { memory_id?: string; memory?: { id: string } };
        return memory_id ?? memory?.id ?? '';
      };
      const first = await remember('The weekly stand-up is on Tuesday at ten.');
      const second = await remember('The weekly stand-up is on Friday at ten.');
      await remember('The retrospective is on Monday at noon.');
      await request.post(`/api/v1/memories/${first}/supersede?${at}`, { data: { by: second } });
      await request.patch(`/api/v1/memories/${second}?${at}`, { data: { text: 'The weekly stand-up is on Friday at eleven.', tags: ['team', 'calendar'] } });
      await dashboard.open({ standing: 'any', memory: second });
      await expect(dashboard.sheet.locator('ins')).not.toHaveCount(0);
      await dashboard.sheet.getByLabel('Text', { exact: true }).fill('The retrospective is on Thursday at noon.');
      await expect(dashboard.sheet).toContainText('Disagrees with');
      const look = (name: string) => join(looks, `${name}-${colorScheme}.png`);
      await dashboard.longTermMemory.getByRole('heading').scrollIntoViewIfNeeded();
      await page.screenshot({ path: look('sheet') });
      await page.setViewportSize({ width: 360, height: 800 });
      await page.screenshot({ path: look('sheet-narrow') });
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.screenshot({ path: look('sheet-very-wide') });
      await page.setViewportSize({ width: 1440, height: 900 });
      await dashboard.sheet.getByRole('button', { name: 'Save' }).click();
      await expect(dashboard.undo).toBeVisible();
      await page.screenshot({ path: look('sheet-saved') });
      await dashboard.sheet.getByRole('link', { name: 'Close' }).click();
      await dashboard.pickOf(dashboard.memories.nth(1)).click();
      await dashboard.pickOf(dashboard.memories.nth(4)).click({ modifiers: ['Shift'] });
      await dashboard.memories.nth(2).scrollIntoViewIfNeeded();
      await page.screenshot({ path: look('picks') });
      await page.screenshot({ path: look('picks-full'), fullPage: true });
      await page.setViewportSize({ width: 360, height: 800 });
      await page.screenshot({ path: look('picks-narrow') });
      await dashboard.find.scrollIntoViewIfNeeded();
      await page.screenshot({ path: look('bar-narrow') });
    });

    test.describe('without JavaScript', () => {
      test.use({ javaScriptEnabled: false });

      test('the table', async ({ page, scope, dashboard }) => {
        await page.goto(`/?${new URLSearchParams({ ...scope })}`);
        await expect(dashboard.memories).toHaveCount(8);
        await dashboard.longTermMemory.screenshot({ path: join(looks, `picks-no-javascript-${colorScheme}.png`) });
      });
    });
  });
}
