import { Dashboard, hydrated } from '../dashboard';
import { expect, test } from '../fixtures';
import { requestsOf, withoutLiveStream } from '../quiet';

test('an empty text is not sent: the field says why', async ({ dashboard, page }) => {
  await withoutLiveStream(page);
  await dashboard.open();
  const requests = requestsOf(page);
  await dashboard.sendTurn.click();
  await expect(dashboard.text).toBeFocused();
  await expect(dashboard.text).toHaveJSProperty('validity.valueMissing', true);
  expect(requests).toEqual([]);
});

test.describe('what the server refuses', () => {
  test.use({ expectedConsoleErrors: /status of 4(00|13)/ });

  test('a text of nothing but blanks is refused beside the form', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.text.fill('   ');
    await dashboard.sendTurn.click();
    await expect(dashboard.alert).toContainText('The text is required.');
    await expect(dashboard.alert).toContainText('nothing was changed');
    await expect(dashboard.memories).toHaveCount(8);
    await expect(dashboard.recentTurns).toHaveCount(0);
  });

  test('a text that is too long is refused, kept in the field, and sent once it is shorter', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.text.fill('x'.repeat(65_537));
    await dashboard.sendTurn.click();
    await expect(dashboard.alert).toContainText('The text is longer than 65536 bytes.');
    await expect(dashboard.text).toHaveValue(/^x{65537}$/);
    await dashboard.send('Short.', { kind: 'skip' });
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.recentTurns).toContainText('Short.');
  });

  test('a refused turn leaves the results of the last one on the page', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.send('Which food must I avoid because of my allergy?', { kind: 'skip' });
    await expect(dashboard.candidates).toHaveCount(8);
    await dashboard.text.fill('   ');
    await dashboard.sendTurn.click();
    await expect(dashboard.alert).toBeVisible();
    await expect(dashboard.candidates).toHaveCount(8);
    await expect(dashboard.lastWrite).toContainText('skipped');
  });

  test('a refusal is dismissed, and does not follow to another memory', async ({ dashboard, page }) => {
    await dashboard.open();
    await dashboard.text.fill('   ');
    await dashboard.sendTurn.click();
    await expect(dashboard.alert).toContainText('The text is required.');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(dashboard.alert).toHaveCount(0);
    await expect(page.getByRole('main')).toBeFocused();
    await dashboard.sendTurn.click();
    await expect(dashboard.alert).toContainText('The text is required.');
    await dashboard.switchTo(`${dashboard.scope.user} bob`);
    await expect(dashboard.alert).toHaveCount(0);
  });

  test('a text beyond every limit is refused too', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.text.fill('x'.repeat(1_200_000));
    await dashboard.sendTurn.click();
    await expect(dashboard.alert).toBeVisible();
    await expect(dashboard.text).toHaveValue(/^x/);
    await expect(dashboard.memories).toHaveCount(8);
  });

  test('a user name that is too long is refused', async ({ dashboard }) => {
    await dashboard.open();
    await dashboard.user.fill('u'.repeat(129));
    await dashboard.user.press('Tab');
    await expect(dashboard.alert).toContainText('The user is longer than 128 characters.');
    await expect(dashboard.memories).toHaveCount(0);
    await dashboard.switchTo(dashboard.scope.user);
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.memories).toHaveCount(8);
  });
});

test('a broken thread in the address does not break the page', async ({ dashboard, page }) => {
  await page.goto(Dashboard.address(dashboard.scope, { thread: 'no such thread', page: '-1', sort: 'up', only: 'odd' }));
  await hydrated(page);
  await expect(dashboard.alert).toHaveCount(0);
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.workingMemory).toContainText('Nothing held in mind');
});

test.describe('when the server does not answer', () => {
  test.use({ expectedConsoleErrors: /net::ERR_/ });

  test('a turn says so beside the form, keeps the text, and goes through later', async ({ dashboard, page }) => {
    await dashboard.open();
    await page.route('**/api/fn/**', (route) => route.abort());
    await dashboard.fill('Are you there?', { kind: 'skip' });
    await dashboard.sendTurn.click();
    await expect(dashboard.alert.filter({ hasText: 'the server does not answer' })).not.toHaveCount(0);
    await expect(dashboard.text).toHaveValue('Are you there?');
    await expect(dashboard.memories).toHaveCount(8);
    await page.unroute('**/api/fn/**');
    await dashboard.send('Are you there?');
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.recentTurns).toContainText('Are you there?');
  });
});

test('a double click sends one turn', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.fill('Only once.');
  await dashboard.sendTurn.dblclick();
  await expect(dashboard.text).toHaveValue('');
  await expect(dashboard.fact('Turns')).toHaveText('1');
  await expect(await dashboard.cell(dashboard.memory('Only once.'), 'Hits')).toHaveText('0');
});

test('what is typed while a turn is under way stays', async ({ dashboard, page }) => {
  await dashboard.open();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/fn/turn', async (route) => {
    await held;
    await route.continue();
  });
  await dashboard.fill('First.', { kind: 'skip' });
  await dashboard.sendTurn.click();
  await expect(dashboard.sendTurn).toHaveAttribute('aria-busy', 'true');
  await dashboard.text.fill('Second, being typed');
  answer();
  await expect(dashboard.recentTurns).toContainText('First.');
  await expect(dashboard.text).toHaveValue('Second, being typed');
  await expect(dashboard.sendTurn).not.toHaveAttribute('aria-busy');
});

test.describe('a probe that fails', () => {
  test.use({ expectedConsoleErrors: /net::ERR_/ });

  test('says so, keeps what was there, and works when it is tried again', async ({ dashboard, page }) => {
    await withoutLiveStream(page);
    await dashboard.open();
    await dashboard.ask('Which food must I avoid?');
    await page.route('**/api/fn/**', (route) => route.abort());
    await dashboard.fill('Which theme do I prefer?');
    await dashboard.probe.click();
    await expect(dashboard.alert).toContainText('Disconnected: the server does not answer.');
    await expect(dashboard.candidates.first()).toContainText('allergic to peanuts');
    await page.unroute('**/api/fn/**');
    await page.getByRole('link', { name: 'Try again' }).click();
    await expect(dashboard.alert).toHaveCount(0);
    await expect(dashboard.recalled).toContainText('Probed “Which theme do I prefer?”');
  });
});

test('a broken address is no broken page', async ({ dashboard, page }) => {
  await page.goto(`/?user=%ZZ&threshold=near&thread=&namespace=%FF`);
  await hydrated(page);
  await expect(dashboard.alert).toHaveCount(0);
  await expect(dashboard.threshold).toHaveValue('0.55');
});
