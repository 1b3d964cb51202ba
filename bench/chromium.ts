import { type Browser, chromium } from 'playwright';

/** One Chromium for a whole benchmark, with the fake devices of the tests. */
export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM;
  return chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream=fps=10',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-gpu',
    ],
  });
}
