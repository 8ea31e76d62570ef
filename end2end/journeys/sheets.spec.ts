// The sheets that unfold over the page: one at a time, and away with what they are about.
import { type Dashboard } from '../dashboard';
import { expect, test } from '../fixtures';
import { withoutLiveStream } from '../quiet';

const reset = (dashboard: Dashboard) => dashboard.longTermMemory.getByText('Clear and re-seed…');
const question = (dashboard: Dashboard) => dashboard.longTermMemory.getByText('Which memories go?', { exact: false });

test.beforeEach(async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('Begin.', { kind: 'skip' });
});

test('a press elsewhere folds a sheet away, one inside it does not', async ({ dashboard, page }) => {
  await dashboard.threadsSwitch.click();
  await dashboard.workingMemory.getByText('1 thread', { exact: true }).click();
  await expect(dashboard.findThreads).toBeVisible();
  await page.getByRole('heading', { name: 'agent-memory' }).click();
  await expect(dashboard.findThreads).toBeHidden();
});

test('Escape folds a sheet away wherever the focus is', async ({ dashboard, page }) => {
  await reset(dashboard).click();
  await expect(question(dashboard)).toBeVisible();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Escape');
  await expect(question(dashboard)).toBeHidden();
});

test('one sheet folds the other away', async ({ dashboard, page }) => {
  await reset(dashboard).click();
  await expect(question(dashboard)).toBeVisible();
  await page.keyboard.press('Alt+s');
  await expect(dashboard.findThreads).toBeFocused();
  await expect(question(dashboard)).toBeHidden();
});

test('a thread that is chosen leaves the focus at the button of the threads', async ({ dashboard }) => {
  await dashboard.threadsSwitch.click();
  await dashboard.threads.first().click();
  await expect(dashboard.findThreads).toBeHidden();
  await expect(dashboard.threadsSwitch).toBeFocused();
});

test('Enter opens the first thread that is found, and the search leaves the address', async ({ dashboard, page }) => {
  const first = await dashboard.threadId();
  await dashboard.newThread.click();
  await expect(dashboard.fact('Thread')).not.toHaveText(first);
  await dashboard.threadsSwitch.click();
  await dashboard.findThreads.fill('begin');
  await dashboard.findThreads.press('Enter');
  await expect(dashboard.fact('Thread')).toHaveText(first);
  await expect(dashboard.findThreads).toBeHidden();
  await dashboard.threadsSwitch.click();
  await dashboard.findThreads.fill('zeppelin');
  await expect(page).toHaveURL(/threads=zeppelin/);
  await dashboard.findThreads.press('Enter');
  await expect(dashboard.workingMemory).toContainText('No thread');
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/threads=/);
  await expect(dashboard.threadsSwitch).toBeFocused();
});

test('the question before everything goes is about the memory that is open, and waits until it is counted', async ({ dashboard, page }) => {
  await withoutLiveStream(page);
  await reset(dashboard).click();
  await expect(question(dashboard)).toBeVisible();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/fn/look', async (route) => {
    await held;
    await route.continue();
  });
  const posts: string[] = [];
  page.on('request', (request) => posts.push(request.url()));
  await dashboard.user.fill(`${dashboard.scope.user} bob`);
  await dashboard.user.press('Tab');
  await expect(question(dashboard)).toBeHidden();
  await reset(dashboard).click();
  const button = page.getByRole('button', { name: 'Clear and re-seed', exact: true });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(dashboard.longTermMemory.getByLabel(/^Only /)).toHaveAccessibleName(/^Only memories \(counting…\) of .* bob in end2end$/);
  await button.click({ force: true });
  answer();
  await expect(page.getByLabel(/^Only 0 memories of /)).toBeChecked();
  await expect(button).not.toHaveAttribute('aria-disabled');
  expect(posts.filter((url) => url.endsWith('/api/fn/reset'))).toEqual([]);
});

test('the help takes the focus, and gives it back', async ({ dashboard, page }) => {
  await dashboard.text.focus();
  await page.keyboard.press('Alt+h');
  await expect(page.getByRole('button', { name: 'Close', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dashboard.text).toBeFocused();
});
