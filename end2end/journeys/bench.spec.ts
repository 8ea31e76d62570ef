// The bench: what is recalled is judged, and figures follow the sliders.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures';

const question = 'Remind me which theme I prefer in editors.';
const allergy = 'Which food must I avoid?';

class Bench {
  readonly region: Locator;
  readonly figures: Locator;
  readonly threshold: Locator;

  constructor(readonly page: Page) {
    this.region = page.getByRole('region', { name: 'Bench', exact: true });
    this.figures = this.region.getByRole('status').first();
    this.threshold = this.region.getByRole('slider', { name: /^Threshold/ });
  }

  part(name: string | RegExp): Locator {
    return this.region.getByRole('region', { name });
  }
}

function verdict(candidate: Locator, name: 'Good' | 'Bad'): Locator {
  return candidate.getByRole('button', { name, exact: true });
}

test('judged rows make figures, which follow the sliders and ask nobody', async ({ dashboard, page }) => {
  const bench = new Bench(page);
  await dashboard.open();
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(bench.region).toContainText('No saved queries.');
  await dashboard.ask(question);
  const ranked = bench.part('How this query is ranked');
  await expect(ranked.getByRole('group')).toHaveCount(8);
  await ranked.getByRole('group').first().locator('summary').click();
  await expect(ranked.getByRole('table').first()).toContainText('Vector');
  await expect(ranked.getByRole('group').first()).toContainText(/Matched: .*theme/);
  await expect(ranked.getByRole('group').first()).toContainText(/recalled from threshold/i);
  await verdict(dashboard.candidates.first(), 'Good').click();
  await expect(verdict(dashboard.candidates.first(), 'Good')).toHaveAttribute('aria-pressed', 'true');
  await expect(verdict(dashboard.candidates.first(), 'Good')).toBeFocused();
  await verdict(dashboard.candidates.nth(5), 'Bad').click();
  await expect(bench.part(/^Saved queries/)).toContainText('1 good, 1 bad');
  await dashboard.ask(allergy);
  await expect(verdict(dashboard.candidates.first(), 'Good')).toHaveAttribute('aria-pressed', 'false');
  await verdict(dashboard.candidates.first(), 'Good').click();
  await expect(bench.part('Saved queries (2)')).toBeVisible();

  // Whatever others change meanwhile: nothing that the server could say comes.
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/fn\/look/, async (route) => {
    await held;
    await route.continue();
  });
  await bench.threshold.fill('2');
  await expect(bench.figures).toContainText('1.00 recall@5');
  await bench.threshold.fill('0');
  await expect(bench.figures).toContainText('0.00 recall@5');
  release();
  await page.unroute(/\/fn\/look/);
  await expect(page).toHaveURL(/threshold=0&/);
  await bench.region.getByRole('spinbutton', { name: /^Rows at most/ }).fill('9');
  await bench.region.getByRole('spinbutton', { name: /^Rows at most/ }).press('Tab');
  await expect(page).toHaveURL(/bench=9%2Chybrid%2C1%2C1%2C1/);
  await expect(bench.figures).toContainText('recall@9');

  await bench.region.getByRole('link', { name: 'Compare with this' }).click();
  await expect(bench.part('Compared with')).toContainText('Both recall the same rows.');
  await bench.part('Suggested').getByRole('link', { name: 'Use this' }).click();
  await expect(bench.figures).toContainText('1.00 F1');
  await expect(bench.part('Compared with')).toContainText('2 queries recall other rows:');
  await expect(bench.part('Compared with')).toContainText('lost (good)');
  const found = await new AxeBuilder({ page }).include('#bench').include('.recalled__list').analyze();
  expect(found.violations).toEqual([]);
  const here = page.url();
  await page.goto(here);
  await expect(bench.figures).toContainText('1.00 F1');

  await verdict(dashboard.candidates.first(), 'Good').click();
  await expect(bench.part(/^Saved queries/)).toContainText('0 good, 0 bad');
  await bench.region.getByRole('button', { name: `Forget the query ${allergy}` }).click();
  await expect(bench.part('Saved queries (1)')).toBeVisible();
  await bench.region.getByRole('link', { name: 'Close' }).click();
  await expect(bench.region).toHaveCount(0);
  await expect(verdict(dashboard.candidates.first(), 'Good')).toHaveCount(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('rows are judged and settings applied by forms', async ({ page, scope }) => {
    const bench = new Bench(page);
    const query = new URLSearchParams({ ...scope, q: question, bench: '5,hybrid,1,1,1' });
    await page.goto(`/?${query}`);
    const first = page.getByRole('list', { name: /^Candidates/ }).getByRole('listitem').first();
    await verdict(first, 'Good').click();
    await expect(verdict(first, 'Good')).toHaveAttribute('aria-pressed', 'true');
    await expect(bench.figures).toContainText('1.00 recall@5');
    await bench.region.getByRole('spinbutton', { name: /^Rows at most/ }).fill('3');
    await bench.region.getByRole('button', { name: 'Apply' }).click();
    await expect(bench.figures).toContainText('recall@3');
    await bench.region.getByRole('button', { name: /^Forget/ }).click();
    await expect(bench.region).toContainText('No saved queries.');
  });
});
