import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';
import { withoutLiveStream } from '../quiet';

test('a first visit shows the samples, three panels that say what to do, and the index', async ({ dashboard, page }) => {
  await dashboard.open();
  await expect(page).toHaveTitle(`${dashboard.scope.user} in end2end · agent-memory`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('agent-memory');
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.table()).toHaveAccessibleName(/^8 memories of /);
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  await expect(dashboard.recalled).toContainText('Send a turn to see what it recalls, or probe to only ask.');
  await expect(dashboard.events).toHaveCount(0);
  await expect(dashboard.lastWrite).toContainText('none on this page yet');
  await expect(dashboard.fact('Index')).toHaveText('agentmem:idx');
  await expect(dashboard.fact('Failures')).toHaveText('0');
  await expect(dashboard.fact('Model')).toContainText('all-MiniLM-L6-v2');
  await expect(dashboard.fact('Dedup at')).toHaveText('0.20');
  await expect(dashboard.fact('Recall at')).toHaveText('0.55');
});

test('buttons that serve only without JavaScript are not seen', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.threadsSwitch.click();
  await expect(dashboard.findThreads).toBeVisible();
  for (const name of ['Open', 'Apply', 'Search', 'Filter']) {
    await expect(page.getByRole('button', { name, exact: true })).toBeHidden();
  }
});

test('the help explains keys and distances', async ({ dashboard, page }) => {
  await dashboard.open();
  const help = page.getByRole('region', { name: 'Keys and help' });
  await expect(help).toBeHidden();
  await page.getByRole('button', { name: 'Keys and help' }).click();
  await expect(help).toContainText('Cosine distances from 0 (the same direction) to 2 (the opposite).');
  await help.getByRole('button', { name: 'Close' }).click();
  await expect(help).toBeHidden();
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
  await withoutLiveStream(page);
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
  // The styles come a moment after the markup.
  await expect(page.getByRole('button', { name: 'Open', exact: true })).toBeHidden();
  const rendered = await page.locator('body').ariaSnapshot();
  takeOver();
  await hydrated(page);
  expect(await page.locator('body').ariaSnapshot()).toBe(rendered);
});

test('what is typed before the page has woken up stays', async ({ dashboard, page }) => {
  let wakeUp = () => {};
  const held = new Promise<void>((resolve) => (wakeUp = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(Dashboard.address(dashboard.scope), { waitUntil: 'commit' });
  await dashboard.text.fill('My favorite color is teal.');
  await dashboard.kind.selectOption('semantic');
  wakeUp();
  await hydrated(page);
  await expect(dashboard.text).toHaveValue('My favorite color is teal.');
  await dashboard.sendTurn.click();
  await expect(dashboard.memory('teal')).toHaveCount(1);
  await expect(await dashboard.cell(dashboard.memory('teal'), 'Kind')).toHaveText('semantic');
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
