// On a server of its own: here Redis is stopped, and cleared for everybody.
import { Dashboard } from '../dashboard';
import { expect, seed, test } from '../fixtures';
import { memoryOf, writeMemories } from '../foreign';
import { Wire } from '../wire';

test.describe.configure({ mode: 'default' });
test.use({
  baseURL: async ({ privateServer }, use) => use(privateServer.url),
  redis: async ({ privateServer }, use) => use(privateServer.redis),
  paste: async ({ privateServer }, use) => use(privateServer.paste),
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

  test('the lamp tells, the page stays, and all comes back by itself', async ({
    dashboard,
    page,
    privateServer,
    redis,
    paste,
    scope,
  }) => {
    await dashboard.open();
    await dashboard.send('The deploy window is Tuesday at ten.');
    await expect(dashboard.memories).toHaveCount(9);
    await expect(dashboard.connection).toHaveText('Connected, live');

    await privateServer.stopRedis();
    await expect(dashboard.connection).toHaveText('Disconnected: Redis does not answer');
    await expect(dashboard.alert).toContainText('Disconnected: the server does not reach Redis.');
    await expect(dashboard.memories).toHaveCount(9);
    await expect(dashboard.recentTurns).toContainText('The deploy window');
    await expect(dashboard.candidates).toHaveCount(8);
    // What is there already can still be tuned.
    await dashboard.recallWithin('2');
    await expect(dashboard.recalledNow).toHaveCount(5);

    await privateServer.startRedis();
    await expect(dashboard.connection).toHaveText('Connected, live');
    await expect(dashboard.alert).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Try again' })).toHaveCount(0);
    await expect(dashboard.memories).toHaveCount(9);

    await test.step('and the page is live again', async () => {
      const id = await dashboard.idOf(dashboard.memory('deploy window'));
      const [embedding] = JSON.parse(await redis('JSON.GET', `agent:mem:${id}`, '$.embedding')) as number[][];
      await writeMemories(paste, [memoryOf(scope, { embedding: embedding!, text: 'Written after the outage.' })]);
      await expect(dashboard.memory('Written after the outage.')).toHaveCount(1);
    });
  });

  test('a turn that fails keeps its text, and goes through when Redis is back', async ({ dashboard, privateServer }) => {
    await dashboard.open();
    await privateServer.stopRedis();
    await dashboard.fill('My favorite color is teal.');
    await dashboard.sendTurn.click();
    await expect(dashboard.alert.filter({ hasText: 'Disconnected: the server does not reach Redis.' })).not.toHaveCount(0);
    await expect(dashboard.text).toHaveValue('My favorite color is teal.');
    // Redis is asked once a second: only an outage that was noticed can be over.
    await expect(dashboard.connection).toContainText('Disconnected');
    await privateServer.startRedis();
    await expect(dashboard.connection).toHaveText('Connected, live');
    // What failed for the outage is over with it.
    await expect(dashboard.alert).toHaveCount(0);
    await dashboard.send('My favorite color is teal.');
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.recentTurns.first()).toContainText('My favorite color is teal.');
    await expect(dashboard.memories).toHaveCount(9);
  });

  test('a page that is opened during an outage says so, and fills itself when Redis is back', async ({
    dashboard,
    page,
    privateServer,
  }) => {
    await privateServer.stopRedis();
    const reply = await page.goto(Dashboard.address(dashboard.scope));
    expect(reply?.status()).toBe(503);
    await expect(dashboard.alert).toContainText('Disconnected: the server does not reach Redis.');
    await expect(page.getByRole('link', { name: 'Try again' })).toBeVisible();
    await expect(dashboard.memories).toHaveCount(0);
    // Nobody knows now whether there is anything.
    await expect(dashboard.longTermMemory).not.toContainText('No memories yet');
    await expect(dashboard.workingMemory).not.toContainText('Nothing held in mind');
    await expect(page.getByText('Nothing happened on this thread yet.')).toHaveCount(0);
    await expect(page.getByText('Send a turn to see what it recalls')).toHaveCount(0);
    await privateServer.startRedis();
    await expect(dashboard.memories).toHaveCount(8);
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.connection).toHaveText('Connected, live');
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
    const gone = 'the server does not reach Redis';
    await dashboard.newThread.click();
    await expect(dashboard.workingMemory.getByRole('alert')).toContainText(gone);
    await dashboard.dropOf(dashboard.memory('allergic to peanuts')).click();
    await expect(dashboard.longTermMemory.getByRole('alert')).toContainText(gone);
    await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
    await page.getByRole('button', { name: 'Clear and re-seed', exact: true }).click();
    await expect(dashboard.longTermMemory.getByRole('alert').filter({ hasText: gone })).toHaveCount(2);
    await expect(dashboard.undo).toHaveCount(0);
    await expect(dashboard.memories).toHaveCount(8);
  });
});

test.describe('without the server', () => {
  test.use({ expectedConsoleErrors: /net::ERR_/ });

  test('the lamp tells, and what happened meanwhile is seen once it is back', async ({ dashboard, page, request, scope, privateServer }) => {
    const wire = await Wire.to(privateServer.url);
    await page.goto(`${wire.url}${Dashboard.address(scope)}`);
    await expect(dashboard.connection).toHaveText('Connected, live');

    await wire.cut();
    await expect(dashboard.connection).toHaveText(/^(Reconnecting…|Disconnected: the server does not answer)$/);
    await request.post('/turn', { form: { ...scope, text: 'Said meanwhile.' } });
    await expect(dashboard.connection).toHaveText('Disconnected: the server does not answer');
    await expect(dashboard.memories).toHaveCount(8);

    await wire.mend();
    await expect(dashboard.connection).toHaveText('Connected, live');
    await expect(dashboard.recentTurns).toHaveText([/Said meanwhile\./]);
    await expect(dashboard.memory('Said meanwhile.')).toHaveCount(1);
    await expect(dashboard.events).toHaveCount(2);
    await expect(dashboard.alert).toHaveCount(0);
    await page.close();
    await wire.cut();
  });

  test('a short cut is no outage, and nothing is doubled', async ({ dashboard, page, request, scope, privateServer }) => {
    const wire = await Wire.to(privateServer.url);
    await page.goto(`${wire.url}${Dashboard.address(scope)}`);
    await expect(dashboard.connection).toHaveText('Connected, live');
    for (const text of ['Before the cut.', 'After the cut.']) {
      await wire.cut();
      await wire.mend();
      await request.post('/turn', { form: { ...scope, text, kind: 'skip' } });
    }
    await expect(dashboard.recentTurns).toHaveText([/After the cut\./, /Before the cut\./]);
    await expect(dashboard.connection).toHaveText('Connected, live');
    await expect(dashboard.alert).toHaveCount(0);
    await page.close();
    await wire.cut();
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
