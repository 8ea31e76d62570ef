// From a foreign write to the changed page.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test } from '../fixtures';
import { embeddingOf, eventsKey, freshId, memoryKey, memoryOf, sessionKey, writeSession } from '../foreign';
import { tellTimes } from './figures';

const writes = 20;

test.describe('a foreign write', () => {
  let socket: Socket;

  test.beforeAll(async () => {
    const port = Number(readFileSync(process.env.JOURNEYS_REDIS_PORT_FILE ?? '', 'utf8'));
    socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.resume();
    await new Promise((resolve) => socket.once('connect', resolve));
  });
  test.afterAll(() => socket.destroy());

  /** Sends a command as it goes over the wire. */
  function send(...command: string[]): void {
    const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    socket.write(`*${command.length}\r\n${parts.join('')}`);
  }

  test('to the changed page', async ({ dashboard, page, request, redis, scope }) => {
    const [embedding, thread] = [await embeddingOf(request, redis, scope, 'A note.'), freshId()];
    await writeSession(redis, scope, thread);
    await dashboard.open({ thread });
    await expect(dashboard.connection).toHaveText('Connected, live');

    const kinds: [what: string, write: (text: string) => void][] = [
      ['a memory (JSON.SET)', (text) => {
        const memory = memoryOf(scope, { embedding, text, created_ts: Date.now() / 1000 });
        send('JSON.SET', memoryKey(memory.id), '$', JSON.stringify(memory));
      }],
      ['the goal of the session (HSET)', (text) => send('HSET', sessionKey(thread), 'goal', text)],
      ['an event (XADD)', (text) => send('XADD', eventsKey(thread), '*', 'action', 'noted', 'detail', text, 'ts', '1')],
    ];
    for (const [what, write] of kinds) {
      const took: number[] = [];
      for (let number = 1; number <= writes; number += 1) {
        const text = `Seen ${freshId()}.`;
        const seen = page.evaluate((text) => new Promise<number>((resolve) => {
          const look = () => {
            if (!document.body.textContent?.includes(text)) return;
            observer.disconnect();
            // The frame that shows it.
            requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
          };
          const observer = new MutationObserver(look);
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          look();
        }), text);
        // The watch stands once the page has answered anything that was asked after it.
        await page.evaluate(() => undefined);
        const began = performance.timeOrigin + performance.now();
        write(text);
        took.push((await seen) - began);
      }
      tellTimes(`foreign write to changed page: ${what}`, took);
    }
  });
});

test('a turn of another tab', async ({ dashboard, page, request, scope }) => {
  await dashboard.open();
  await expect(dashboard.connection).toHaveText('Connected, live');
  const took: number[] = [];
  for (let number = 1; number <= writes; number += 1) {
    const text = `Said ${freshId()}.`;
    const began = Date.now();
    const seen = page.waitForFunction((text) => document.body.textContent?.includes(text) && Date.now(), text);
    await request.post('/turn', { form: { ...scope, text, kind: 'skip' } });
    took.push(Number(await (await seen).jsonValue()) - began);
  }
  tellTimes('a turn over the JSON API to the changed page, embedding included', took);
});
