// Which browser the journeys run in: Playwright's own where it is installed, else the machine's Chromium or Chrome.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type LaunchOptions } from '@playwright/test';

// Quiet, and able to run as root.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchOptions(): LaunchOptions {
  return isExecutable(chromium.executablePath()) ? { args } : { args, executablePath: installed() };
}

function installed(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const path = paths.find(isExecutable);
  if (!path) throw new Error('no Chromium: run scripts/get-browser.sh, or `npx playwright install chromium`');
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
