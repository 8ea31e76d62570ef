import { expect, test } from '../fixtures';

test('a memory is dropped after a question, and only that one', async ({ dashboard, redis }) => {
  await dashboard.open();
  const row = dashboard.memory('allergic to peanuts');
  const id = await (await dashboard.cell(row, 'Id')).innerText();
  await row.getByLabel(`Drop memory ${id}`).click();
  await expect(row.getByText('It cannot be brought back.')).toBeVisible();
  expect(await redis('EXISTS', `agent:mem:${id}`)).toBe('1');

  await row.getByRole('button', { name: 'Drop it' }).click();
  await expect(row).toHaveCount(0);
  await expect(dashboard.memories).toHaveCount(7);
  await expect(dashboard.table()).toHaveAccessibleName(/^7 memories of /);
  expect(await redis('EXISTS', `agent:mem:${id}`)).toBe('0');
});

test('the question folds away again without dropping', async ({ dashboard }) => {
  await dashboard.open();
  const row = dashboard.memory('allergic to peanuts');
  const ask = row.getByLabel(/^Drop memory/);
  await ask.click();
  await expect(row.getByRole('button', { name: 'Drop it' })).toBeVisible();
  await ask.click();
  await expect(row.getByRole('button', { name: 'Drop it' })).toBeHidden();
  await expect(dashboard.memories).toHaveCount(8);
});

test('a dropped memory is no candidate of the last turn any more', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('Which food must I avoid because of my allergy?', { kind: 'skip' });
  await expect(dashboard.candidate('allergic to peanuts')).toHaveCount(1);
  const row = dashboard.memory('allergic to peanuts');
  await row.getByLabel(/^Drop memory/).click();
  await row.getByRole('button', { name: 'Drop it' }).click();
  await expect(dashboard.candidate('allergic to peanuts')).toHaveCount(0);
  await expect(dashboard.candidates).toHaveCount(7);
});

test('a memory that somebody else dropped meanwhile is gone all the same', async ({ dashboard, request }) => {
  await dashboard.open();
  const row = dashboard.memory('lives in Berlin');
  const id = await (await dashboard.cell(row, 'Id')).innerText();
  await request.post('/drop_memory', { form: { memory_id: id } });
  await row.getByLabel(/^Drop memory/).click();
  await row.getByRole('button', { name: 'Drop it' }).click();
  await expect(row).toHaveCount(0);
  await expect(dashboard.alert).toHaveCount(0);
});
