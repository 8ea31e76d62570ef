// What a first visit transfers.
import type { Request } from '@playwright/test';
import { expect, test } from '../fixtures';
import { tell } from './figures';

test('the first visit', async ({ dashboard, page }) => {
  const requests: Request[] = [];
  page.on('requestfinished', (request) => requests.push(request));
  await dashboard.open();
  await expect(dashboard.connection).toHaveText('Connected, live');
  const size = async (isPart: (path: string) => boolean) => {
    const parts = requests.filter((request) => isPart(new URL(request.url()).pathname));
    const bodies = await Promise.all(parts.map(async (request) => (await request.sizes()).responseBodySize));
    return bodies.reduce((sum, body) => sum + body, 0);
  };
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const ending = (end: string) => size((path) => path.endsWith(end));
  const [wasm, script, style] = [await ending('.wasm'), await ending('.js'), await ending('.css')];
  tell('transferred: WebAssembly', kilobytes(wasm));
  tell('transferred: JavaScript', kilobytes(script));
  tell('transferred: stylesheet', kilobytes(style));
  tell('transferred: WebAssembly, JavaScript and stylesheet (budget 250 kB)', kilobytes(wasm + script + style));
  tell('transferred: the page itself', kilobytes(await size((path) => path === '/')));
  for (const request of requests) {
    const { pathname } = new URL(request.url());
    if (!/\.(wasm|js|css)$/.test(pathname)) continue;
    const headers = (await request.response())?.headers() ?? {};
    tell(`encoding of ${pathname.split('/').pop()}`, `${headers['content-encoding'] ?? 'none'}`);
  }
  const [timing] = await page.evaluate(() => performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]);
  const hydratedAt = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN);
  tell('first visit: first byte', `${(timing?.responseStart ?? NaN).toFixed(0)} ms`);
  tell('first visit: first contentful paint', `${hydratedAt.toFixed(0)} ms`);
});
