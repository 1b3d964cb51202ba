import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const executablePath =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((p) => existsSync(p));

const launchOptions = (args: string[]) => ({
  ...(executablePath ? { executablePath } : {}),
  chromiumSandbox: process.getuid?.() !== 0,
  args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=fps=10', '--disable-gpu', ...args],
});

export default defineConfig({
  testDir: '.',
  globalSetup: './global-setup.ts',
  // One call at a time: two cores carry one.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'off',
    screenshot: 'only-on-failure',
    actionTimeout: 30_000,
  },
  projects: [
    {
      name: 'chromium',
      testIgnore: /without-autoplay/,
      use: { browserName: 'chromium', launchOptions: launchOptions(['--autoplay-policy=no-user-gesture-required']) },
    },
    {
      // As browsers are when nobody sets a flag: a page that got no gesture yet plays no sound.
      name: 'autoplay-refused',
      testMatch: /without-autoplay/,
      use: { browserName: 'chromium', launchOptions: launchOptions([]) },
    },
  ],
});
