// `npm run screenshots`: pictures for the README (docs/images) and for looking at (a temporary folder).
import { defineConfig } from '@playwright/test';
import journeys from './playwright.config';

export default defineConfig({ ...journeys, testDir: 'screenshots', workers: 1 });
