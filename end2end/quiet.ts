// The page without its live stream, for journeys that count requests: on a shared Redis everybody's writes are news.
import type { Page } from '@playwright/test';

/** From now on the stream never answers: nothing is read but what the page itself asks for. */
export async function withoutLiveStream(page: Page): Promise<void> {
  await page.route(/\/live\?/, () => undefined);
}

/** The requests from now on. Chromium itself asks for the icon again whenever the address changes. */
export function requestsOf(page: Page): string[] {
  const urls: string[] = [];
  page.on('request', (request) => {
    if (!request.url().includes('/favicon.svg')) urls.push(`${request.method()} ${request.url()}`);
  });
  return urls;
}
