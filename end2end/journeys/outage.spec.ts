// On a server of its own: here Redis is stopped, and cleared for everybody.
import { Dashboard } from '../dashboard';
import { expect, seed, test } from '../fixtures';

test.describe.configure({ mode: 'default' });
test.use({
  baseURL: async ({ privateServer }, use) => use(privateServer.url),
  redis: async ({ privateServer }, use) => use(privateServer.redis),
});

test('re-seeding for everybody drops everybody\'s memories, once that is chosen', async ({ dashboard, page, request }) => {
  const bob = { ...dashboard.scope, user: `${dashboard.scope.user} bob` };
  await seed(request, bob);
  await dashboard.open();
  await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
  await page.getByLabel(/^All \d+ memories of all users and namespaces/).check();
  await page.getByRole('button', { name: 'Clear and re-seed', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Clear and re-seed', exact: true })).toBeHidden();
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.fact('Documents')).toHaveText('8');
  await page.goto(Dashboard.address(bob));
  await expect(dashboard.table(bob.user)).toHaveAccessibleName(/^0 memories/);
});

test.describe('without Redis', () => {
  test.use({ expectedConsoleErrors: /status of 503/ });

  test.afterEach(async ({ privateServer, redis }) => {
    if ((await redis('PING').catch(() => 'gone')) !== 'PONG') await privateServer.startRedis();
  });

  test('the page says so, keeps what it showed, and goes on when Redis is back', async ({ dashboard, page, privateServer }) => {
    await dashboard.open();
    await dashboard.send('The deploy window is Tuesday at ten.');
    await expect(dashboard.memories).toHaveCount(9);

    await privateServer.stopRedis();
    await dashboard.fill('My favorite color is teal.');
    await dashboard.sendTurn.click();
    await expect(dashboard.alert.filter({ hasText: 'Disconnected: the server does not reach Redis.' })).not.toHaveCount(0);
    await expect(dashboard.text).toHaveValue('My favorite color is teal.');
    await expect(dashboard.memories).toHaveCount(9);
    await expect(dashboard.recentTurns).toContainText('The deploy window');

    const tryAgain = page.getByRole('link', { name: 'Try again' });
    await expect(tryAgain).toBeVisible();

    await privateServer.startRedis();
    await tryAgain.click();
    await expect(tryAgain).toHaveCount(0);
    await dashboard.send('My favorite color is teal.');
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.recentTurns.first()).toContainText('My favorite color is teal.');
    await expect(dashboard.memories).toHaveCount(10);
  });

  test('a page that is opened during an outage says so, and fills itself by a click when Redis is back', async ({
    dashboard,
    page,
    privateServer,
  }) => {
    await privateServer.stopRedis();
    await dashboard.open();
    await expect(dashboard.alert).toContainText('Disconnected: the server does not reach Redis.');
    await expect(dashboard.memories).toHaveCount(0);
    // Nobody knows now whether there is anything.
    await expect(dashboard.longTermMemory).not.toContainText('No memories yet');
    await expect(dashboard.workingMemory).not.toContainText('Nothing held in mind');
    await expect(page.getByText('Nothing happened on this thread yet.')).toHaveCount(0);
    await privateServer.startRedis();
    await page.getByRole('link', { name: 'Try again' }).click();
    await expect(dashboard.memories).toHaveCount(8);
    await expect(dashboard.alert).toHaveCount(0);
  });

  test.describe('and without JavaScript', () => {
    test.use({ javaScriptEnabled: false });

    test('the page says so, and is whole again when it is opened later', async ({ dashboard, page, privateServer }) => {
      await privateServer.stopRedis();
      await page.goto(Dashboard.address(dashboard.scope));
      await expect(dashboard.alert).toContainText('Disconnected: the server does not reach Redis.');
      await dashboard.fill('Are you there?');
      await dashboard.sendTurn.click();
      await expect(dashboard.alert).not.toHaveCount(0);
      await privateServer.startRedis();
      await page.goto(Dashboard.address(dashboard.scope));
      await expect(dashboard.memories).toHaveCount(8);
      await expect(dashboard.alert).toHaveCount(0);
    });
  });

  test('every other write says so beside its button', async ({ dashboard, page, privateServer }) => {
    await dashboard.open();
    await dashboard.send('Before the outage.', { kind: 'skip' });
    await privateServer.stopRedis();
    const gone = page.getByRole('alert').filter({ hasText: 'the server does not reach Redis' });
    await dashboard.newThread.click();
    await expect(dashboard.workingMemory.getByRole('alert')).toContainText('the server does not reach Redis');
    await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
    await page.getByRole('button', { name: 'Clear and re-seed', exact: true }).click();
    await expect(dashboard.longTermMemory.getByRole('alert')).toContainText('the server does not reach Redis');
    await expect(gone).not.toHaveCount(0);
    await expect(dashboard.memories).toHaveCount(8);
  });
});

test('an index that somebody else dropped comes back', async ({ dashboard, redis }) => {
  await dashboard.open();
  await redis('FT.DROPINDEX', 'agentmem:idx');
  await dashboard.send('Which food must I avoid because of my allergy?');
  await expect(dashboard.alert).toHaveCount(0);
  await expect(dashboard.memory('Which food must I avoid')).toHaveCount(1);
  await dashboard.send('Which food must I avoid because of my allergy?', { kind: 'skip' });
  await expect(dashboard.candidate('allergic to peanuts')).toHaveCount(1);
});
