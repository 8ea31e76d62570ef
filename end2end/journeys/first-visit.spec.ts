import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';

test('a first visit shows the samples, three panels that say what to do, and the index', async ({ dashboard, page }) => {
  await dashboard.open();
  await expect(page).toHaveTitle(`${dashboard.scope.user} in end2end · agent-memory`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('agent-memory');
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.table()).toHaveAccessibleName(/^8 memories of /);
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  await expect(dashboard.recalled).toContainText('Send a turn to see what it recalls.');
  await expect(dashboard.events).toHaveCount(0);
  await expect(dashboard.lastWrite).toContainText('none on this page yet');
  await expect(dashboard.fact('Index')).toHaveText('agentmem:idx');
  await expect(dashboard.fact('Failures')).toHaveText('0');
  await expect(dashboard.fact('Model')).toContainText('all-MiniLM-L6-v2');
  await expect(dashboard.fact('Dedup at')).toHaveText('0.20');
  await expect(dashboard.fact('Recall at')).toHaveText('0.55');
});

test('the address without anything opens the default user', async ({ page }) => {
  await page.goto('/');
  await hydrated(page);
  await expect(page.getByLabel('User', { exact: true })).toHaveValue('default');
  await expect(page.getByRole('table', { name: ' of default in default' })).toBeVisible();
});

test('a link opens user, namespace and threshold', async ({ dashboard }) => {
  await dashboard.open({ threshold: '0.7' });
  await expect(dashboard.user).toHaveValue(dashboard.scope.user);
  await expect(dashboard.namespace).toHaveValue('end2end');
  await expect(dashboard.threshold).toHaveValue('0.70');
});

test('the server renders the page whole, and the browser takes it over unchanged', async ({ dashboard, page, request }) => {
  const html = await (await request.get(Dashboard.address(dashboard.scope))).text();
  expect(html).toContain('User is allergic to peanuts');

  let takeOver = () => {};
  const held = new Promise<void>((resolve) => (takeOver = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(Dashboard.address(dashboard.scope), { waitUntil: 'commit' });
  await expect(dashboard.memories).toHaveCount(8);
  const rendered = await page.locator('body').ariaSnapshot();
  takeOver();
  await hydrated(page);
  expect(await page.locator('body').ariaSnapshot()).toBe(rendered);
});

test.describe('an address that leads nowhere', () => {
  test.use({ expectedConsoleErrors: /status of 404/ });

  test('says so, and leads to the dashboard', async ({ page }) => {
    const reply = await page.goto('/no/such/page');
    expect(reply?.status()).toBe(404);
    await page.getByRole('link', { name: 'Open the dashboard' }).click();
    await expect(page.getByRole('heading', { name: 'Working memory' })).toBeVisible();
  });
});
