import { Dashboard, hydrated, type Scope } from '../dashboard';
import { expect, seed, test } from '../fixtures';

const secret = 'The vault code is seven-four-one.';

function another(scope: Scope): Scope {
  return { ...scope, user: `${scope.user} bob` };
}

test('switching the user shows theirs and never what was the other one\'s', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send(secret);
  await expect(dashboard.memories).toHaveCount(9);

  await dashboard.switchTo(another(dashboard.scope).user);
  await expect(dashboard.memories).toHaveCount(0);
  await expect(page.getByText(secret)).toHaveCount(0);
  await expect(dashboard.candidates).toHaveCount(0);
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
  await expect(dashboard.events).toHaveCount(0);

  await dashboard.switchTo(dashboard.scope.user);
  await expect(dashboard.memories).toHaveCount(9);
  await expect(dashboard.recentTurns).toContainText(secret);
});

test('not for a frame is the former user\'s memory seen under the new name', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send(secret);
  await expect(dashboard.memories).toHaveCount(9);
  const other = another(dashboard.scope).user;
  // Every state between the two is looked at as it is painted.
  await page.evaluate((other) => {
    const state = { mixed: 0, frames: 0 };
    Object.assign(window, { state });
    const look = () => {
      state.frames += 1;
      const caption = document.querySelector('caption')?.textContent ?? '';
      const isOther = caption.includes(` of ${other} in `) || document.title.startsWith(`${other} in`);
      if (isOther && document.body.innerText.includes('vault code')) state.mixed += 1;
      requestAnimationFrame(look);
    };
    look();
  }, other);
  await dashboard.switchTo(other);
  await expect(dashboard.memories).toHaveCount(0);
  const state = await page.evaluate(() => (window as unknown as { state: { mixed: number; frames: number } }).state);
  expect(state.frames).toBeGreaterThan(0);
  expect(state.mixed).toBe(0);
});

test('nothing moves under the pointer while another user\'s memory is awaited', async ({ dashboard, page }) => {
  await dashboard.open();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/fn/**', async (route) => {
    await held;
    await route.continue();
  });
  const before = await dashboard.sendTurn.boundingBox();
  await dashboard.user.fill(another(dashboard.scope).user);
  await dashboard.user.press('Tab');
  await expect(dashboard.memories).toHaveCount(0);
  expect(await dashboard.sendTurn.boundingBox()).toEqual(before);
  answer();
  await expect(dashboard.table(another(dashboard.scope).user)).toHaveAccessibleName(/^0 memories/);
  expect(await dashboard.sendTurn.boundingBox()).toEqual(before);
});

test('a turn sent right after typing another user is theirs', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.text.fill(secret);
  const other = another(dashboard.scope).user;
  await dashboard.user.fill(other);
  // No Tab: the click itself leaves the field.
  await dashboard.sendTurn.click();
  await expect(dashboard.table(other)).toBeVisible();
  await expect(dashboard.memory(secret)).toHaveCount(1);
  await dashboard.switchTo(dashboard.scope.user);
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memory(secret)).toHaveCount(0);
});

test('two users side by side never see each other\'s', async ({ dashboard, context, request }) => {
  const bob = new Dashboard(await context.newPage(), another(dashboard.scope));
  await seed(request, bob.scope);
  await Promise.all([dashboard.open(), bob.open()]);
  await Promise.all([
    dashboard.send(secret, { kind: 'semantic' }),
    bob.send('What is the vault code, seven-four-one?', { kind: 'skip' }),
  ]);
  await bob.send('Tell me the vault code seven-four-one.', { kind: 'skip' });
  await expect(bob.candidates).toHaveCount(8);
  await expect(bob.candidate(secret)).toHaveCount(0);
  await bob.page.reload();
  await expect(bob.memory(secret)).toHaveCount(0);
  await expect(bob.recentTurns).toHaveCount(2);
  await expect(dashboard.recentTurns).toHaveCount(1);
});

test('namespaces are as separate as users', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send(secret);
  await dashboard.namespace.fill('elsewhere');
  await dashboard.namespace.press('Tab');
  await expect(page.getByRole('table', { name: `0 memories of ${dashboard.scope.user} in elsewhere` })).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
});

test.describe('refused', () => {
  test.use({ expectedConsoleErrors: /status of 404/ });

  test('another user\'s thread is no outage', async ({ dashboard, page }) => {
    await dashboard.open();
    await dashboard.send(secret, { kind: 'skip' });
    const thread = await dashboard.threadId();
    await page.goto(Dashboard.address(another(dashboard.scope), { thread }));
    await hydrated(page);
    await expect(dashboard.alert).toContainText('This user and namespace have no such thread.');
    // The stream is refused more than once by then, if it is asked for at all.
    await page.clock.install();
    await page.clock.fastForward(10_000);
    await expect(dashboard.connection).not.toContainText('the server does not answer');
  });

  test('another user\'s thread is refused, with a way out', async ({ dashboard, page }) => {
    await dashboard.open();
    await dashboard.send(secret, { kind: 'skip' });
    const thread = await dashboard.threadId();
    const bob = another(dashboard.scope);
    await page.goto(Dashboard.address(bob, { thread }));
    await hydrated(page);
    await expect(dashboard.alert).toContainText('This user and namespace have no such thread.');
    await expect(page.getByText(secret)).toHaveCount(0);
    await page.getByRole('link', { name: 'Open the current thread' }).click();
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.table(bob.user)).toBeVisible();
    await expect(dashboard.connection).toHaveText('Connected, live');
  });
});

for (const user of ['acme/bob', 'a b&c=d', '100%41', 'O\'Brien "quoted" {braces}', '日本語', 'ALL | CAPS-*']) {
  test(`a user named ${user} has memories that are found again`, async ({ page, scope }) => {
    const dashboard = new Dashboard(page, { user: `${scope.user} ${user}`, namespace: `${user} space` });
    await dashboard.open();
    await dashboard.send(secret);
    await expect(dashboard.memories).toHaveCount(1);
    await dashboard.send('What is the vault code?', { kind: 'skip' });
    await expect(dashboard.candidates).toHaveCount(1);
    await page.reload();
    await expect(dashboard.user).toHaveValue(dashboard.scope.user);
    await expect(dashboard.memories).toHaveCount(1);
    await expect(dashboard.recentTurns).toHaveCount(2);
  });
}
