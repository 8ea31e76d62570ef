import { expect, test } from '../fixtures';
import { withoutLiveStream } from '../quiet';

test('re-seeding asks first, and says how many memories of whom go', async ({ dashboard, page }) => {
  await withoutLiveStream(page);
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  await expect(dashboard.memories).toHaveCount(9);
  const posts: string[] = [];
  page.on('request', (request) => posts.push(request.url()));

  await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
  await expect(page.getByLabel(`Only 9 memories of ${dashboard.scope.user} in end2end`)).toBeChecked();
  await expect(page.getByLabel(/^All \d+ memories of all users/)).not.toBeChecked();
  await expect(dashboard.longTermMemory).toContainText('They cannot be brought back.');
  await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
  expect(posts).toEqual([]);
  await expect(dashboard.memories).toHaveCount(9);
});

test('re-seeding leaves the eight samples of this user, and the thread', async ({ dashboard, page }) => {
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
  await page.getByRole('button', { name: 'Clear and re-seed', exact: true }).click();
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memory('teal')).toHaveCount(0);
  await expect(dashboard.table()).toHaveAccessibleName(/^8 memories of /);
  await expect(page.getByRole('button', { name: 'Clear and re-seed', exact: true })).toBeHidden();
  await expect(dashboard.recentTurns).toContainText('My favorite color is teal.');
});

test.describe('of an empty store', () => {
  test.use({ samples: false });

  test('an empty store says how to begin, and re-seeding fills it', async ({ dashboard, page }) => {
    await dashboard.open();
    await expect(dashboard.longTermMemory).toContainText('No memories yet: send a turn, or re-seed the samples.');
    await expect(dashboard.table()).toHaveAccessibleName(/^0 memories of /);
    await dashboard.longTermMemory.getByText('Clear and re-seed…').click();
    await page.getByRole('button', { name: 'Clear and re-seed', exact: true }).click();
    await expect(dashboard.memories).toHaveCount(8);
  });
});
