// Frames and answers while the recall threshold is dragged over fifty candidates.
import type { APIRequestContext, Page } from '@playwright/test';
import type { Scope } from '../dashboard';
import { expect, test } from '../fixtures';
import { embeddingOf, memoryOf, writeMemories } from '../foreign';
import type { RedisCommand, RedisLines } from '../server';
import { tell, tellTimes } from './figures';

test.use({ samples: false, contextOptions: { reducedMotion: 'no-preference' } });

const question = 'The archive key lies under the third flower pot.';

interface Dragged {
  frameGaps: number[];
  answers: number[];
  painted: number[];
  longTasks: number;
}

test('the threshold is dragged over fifty candidates', async ({ dashboard, page, request, redis, paste, scope }) => {
  await writeFifty(request, redis, paste, scope);
  await dashboard.open();
  await dashboard.ask(question);
  await expect(dashboard.candidates).toHaveCount(50);
  const box = await dashboard.axis.boundingBox();
  if (!box) throw new Error('the axis is not on the page');
  const x = (distance: number) => box.x + (box.width * distance) / 2;
  const y = box.y + box.height / 3;

  await watch(page);
  await page.mouse.move(x(0.55), y);
  await page.mouse.down();
  for (const distance of [0, 1.2, 0.1, 0.9, 0]) await page.mouse.move(x(distance), y, { steps: 60 });
  await page.mouse.up();
  const { frameGaps, answers, painted, longTasks } = await watched(page);
  tellTimes('dragging over 50 candidates: gap between frames', frameGaps);
  tellTimes('dragging over 50 candidates: input event to changed rows', answers);
  tellTimes('dragging over 50 candidates: input event to the next frame', painted);
  tell('dragging over 50 candidates: tasks longer than 50 ms', String(longTasks));

  await dashboard.slider.focus();
  await page.keyboard.press('Home');
  await watch(page);
  for (let step = 0; step < 120; step += 1) await page.keyboard.press('ArrowRight');
  await expect(dashboard.threshold).toHaveValue('1.20');
  const keys = await watched(page);
  tellTimes('arrow keys over 50 candidates: input event to changed rows', keys.answers);
  tellTimes('arrow keys over 50 candidates: gap between frames', keys.frameGaps);
});

/** Fifty memories at distances that spread from 0 to about 1. */
async function writeFifty(
  request: APIRequestContext,
  redis: RedisCommand,
  paste: RedisLines,
  scope: Scope,
): Promise<void> {
  const near = await embeddingOf(request, redis, scope, question);
  const far = await embeddingOf(request, redis, { ...scope, user: `${scope.user} far` }, 'Quarterly revenue grew by four percent.');
  const memories = Array.from({ length: 50 }, (_, at) => {
    const share = 1 - at / 49;
    const embedding = near.map((value, index) => value * share + (far[index] ?? 0) * (1 - share));
    const text = `Memory ${at + 1} of fifty, with as many words as a sentence mostly has.`;
    return memoryOf(scope, { embedding, text, kind: at % 2 ? 'semantic' : 'episodic' });
  });
  await writeMemories(paste, memories);
}

/** Notes every frame, and how long after an input event the rows have changed. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const dragged: Dragged = { frameGaps: [], answers: [], painted: [], longTasks: 0 };
    let [isOver, last, asked] = [false, performance.now(), 0];
    const frame = (now: number) => {
      dragged.frameGaps.push(now - last);
      last = now;
      if (!isOver) requestAnimationFrame(frame);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(frame);
    });
    const onInput = () => {
      asked = performance.now();
      const began = asked;
      requestAnimationFrame(() => dragged.painted.push(performance.now() - began));
    };
    document.addEventListener('input', onInput, { capture: true });
    const rows = new MutationObserver(() => {
      if (asked > 0) dragged.answers.push(performance.now() - asked);
      asked = 0;
    });
    const list = document.querySelector('[aria-label^="Candidates"]');
    if (list) rows.observe(list, { subtree: true, childList: true, attributes: true, characterData: true });
    const long = new PerformanceObserver((entries) => (dragged.longTasks += entries.getEntries().length));
    long.observe({ type: 'longtask' });
    const end = () => {
      isOver = true;
      rows.disconnect();
      long.disconnect();
      document.removeEventListener('input', onInput, { capture: true });
      return dragged;
    };
    Object.assign(window, { endOfWatch: end });
  });
}

async function watched(page: Page): Promise<Dragged> {
  return page.evaluate(() => (window as unknown as { endOfWatch: () => Dragged }).endOfWatch());
}
