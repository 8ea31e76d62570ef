// Why a memory was or was not recalled.
import { expect, test } from '../fixtures';

const question = 'Remind me which theme I prefer in editors.';

test('a recalled memory: distance, margin, rank, deduplication, life', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.ask(question);
  const reasons = [
    /^Recalled: its distance 0\.4\d\d is within the threshold 0\.55, by 0\.\d{3}\.$/,
    'It is no. 1 of the 8 nearest memories of this user and namespace.',
    'As a text to remember, the query would not be deduplicated onto it: that ends at 0.20.',
    'It has no expiry: it stays until somebody drops it.',
  ];
  await expect(await dashboard.reasons(dashboard.candidates.first())).toHaveText(reasons);
  await expect(await dashboard.reasons(dashboard.memory('dislikes dark mode'), 'recalled, no. 1')).toHaveText(reasons);
});

test('one that is over: by how much, and until when it lives', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.ask(question);
  const candidate = dashboard.candidate('flaky test');
  const over = /^(\d\.\d{3}) over$/;
  const shown = over.exec(await candidate.getByText(over).innerText())?.[1];
  const reasons = await dashboard.reasons(candidate);
  await expect(reasons).toHaveText([
    new RegExp(`^Not recalled: its distance \\d\\.\\d{3} is over the threshold 0\\.55, ${shown} over\\.$`),
    /^It is no\. \d of the 8 nearest memories of this user and namespace\.$/,
    'As a text to remember, the query would not be deduplicated onto it: that ends at 0.20.',
    /^It expires in (7 d|6 d 23 h)\.$/,
  ]);
  await dashboard.recallWithin('2');
  await expect(reasons.first()).toHaveText(/threshold 2\.00/);
});

test('one beyond the first five', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.ask(question);
  await dashboard.recallWithin('2');
  const sixth = dashboard.candidates.nth(5);
  await expect(sixth.getByText('beyond the first 5', { exact: true })).toBeVisible();
  await expect((await dashboard.reasons(sixth)).first()).toHaveText(
    /^Not recalled: its distance \d\.\d{3} is within the threshold 2\.00, but 5 nearer ones are recalled already\.$/,
  );
  await expect(dashboard.memories.getByText('beyond the first 5', { exact: true })).toHaveCount(3);
});

test('one of another kind than was asked for', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.only.selectOption('semantic');
  await dashboard.ask('What did we discuss about the order-routing outage?');
  const row = dashboard.memory('postmortem');
  await expect((await dashboard.reasons(row, 'other kind')).first()).toHaveText(
    'Not recalled: it is episodic, and only semantic memories were asked for.',
  );
});

test('the one that the turn itself wrote', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.send('My favorite color is teal.');
  const row = dashboard.memory('teal');
  await expect((await dashboard.reasons(row, 'written by this turn')).first()).toHaveText(
    'Not recalled: the turn itself wrote it, and a turn never recalls itself.',
  );
});

test('a text that is known already: it counts as a hit', async ({ dashboard }) => {
  await dashboard.open();
  await dashboard.ask('I prefer concise answers without filler phrases.', { kind: 'semantic' });
  await expect((await dashboard.reasons(dashboard.candidates.first())).nth(2)).toHaveText(
    'A text of its kind as near as this one, up to 0.20, counts as a hit on it.',
  );
});

test('a memory without a usable vector has no distance', async ({ dashboard, redis, scope }, { testId }) => {
  const broken = { id: `broken-${testId}`, ...scope, kind: 'semantic', text: 'Without a vector.', created_ts: 1795334592 };
  await redis('JSON.SET', `agent:mem:broken-${testId}`, '$', JSON.stringify(broken));
  await dashboard.open();
  await dashboard.ask(question);
  const row = dashboard.memory('Without a vector.');
  await expect((await dashboard.reasons(row, 'no distance')).first()).toHaveText(
    'Not recalled: its stored vector has no distance to the query.',
  );
});

test('before anything was asked there is nothing to explain', async ({ dashboard }) => {
  await dashboard.open();
  await expect(dashboard.memories).toHaveCount(8);
  await expect(dashboard.memories.getByRole('group')).toHaveCount(0);
});

test('reasons that are unfolded stay so while the memory lives on', async ({ dashboard, request, scope }) => {
  await dashboard.open();
  await dashboard.ask(question);
  const reasons = await dashboard.reasons(dashboard.candidates.first());
  await request.post('/turn', { form: { ...scope, text: 'My favorite color is teal.' } });
  await expect(dashboard.memory('teal')).toHaveCount(1);
  await expect(reasons.first()).toBeVisible();
  await expect(reasons.nth(1)).toContainText('of the 9 nearest');
});
