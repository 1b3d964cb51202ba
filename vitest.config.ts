import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { withoutSettings } from './scripts/settings.mjs';

// No test reaches an install that exported variables point at.
process.env = withoutSettings(process.env);

// Playwright's own browser cannot be downloaded everywhere; Debian's works (docs/facts.md).
const executablePath =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((p) => existsSync(p));
const exclude = ['**/node_modules/**', '**/dist/**', '**/.next/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['{packages,apps}/*/src/**/*.test.ts', 'prisma/*.test.ts', 'scripts/*.test.mjs', 'bench/*.test.ts'],
          exclude: [...exclude, '**/*.browser.test.ts'],
          globalSetup: ['prisma/testing-server.ts'],
          setupFiles: ['vitest.waits.ts'],
          testTimeout: 30_000,
          // As vitest.waits.ts has it for the waits of vi.
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        // What is looked at must look as it does in the product: the same Tailwind.
        css: { postcss: fileURLToPath(new URL('./apps/web', import.meta.url)) },
        // Found only by running: a package that vite discovers in the middle of a run reloads the page under a test.
        optimizeDeps: { include: ['mediabunny', 'tus-js-client', 'socket.io-client'] },
        test: {
          name: 'browser',
          include: ['{packages,apps}/*/src/**/*.browser.test.{ts,tsx}'],
          exclude,
          setupFiles: ['vitest.waits.ts', 'vitest.browser-setup.ts'],
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(executablePath ? { executablePath } : {}),
                chromiumSandbox: process.getuid?.() !== 0,
                args: [
                  '--use-fake-ui-for-media-stream',
                  '--use-fake-device-for-media-stream',
                  '--autoplay-policy=no-user-gesture-required',
                ],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
