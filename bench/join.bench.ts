import type { Browser, BrowserContext, Page } from 'playwright';
import { startStack } from '@parley/e2e/stack';
import { startBareCallPage } from './bare-call-page';
import { launch } from './chromium';
import { median, print, row } from './report';

const RUNS = 7;
const HOST = 'Alice Ash';

/** Runs in the page: the capture of the tests, and a hand that clicks "Join now" the moment it can be clicked. */
function hand(options: { host: string; click: boolean }): void {
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (constraints) =>
    original({ ...constraints, ...(constraints?.video ? { video: { width: 320, height: 180, frameRate: 10 } } : {}) });
  if (!options.click) return;
  const marks: { clicked?: number; seen?: number } = {};
  Object.assign(window, { marks });
  const remote = (): HTMLVideoElement | null =>
    document.querySelector<HTMLVideoElement>(`#remote, [role="group"][aria-label="${options.host}"] video`);
  let watched: HTMLVideoElement | null = null;
  const look = (): void => {
    const join = Array.from(document.querySelectorAll('button')).find(
      (b) => b.textContent?.trim() === 'Join now' && !b.disabled,
    );
    if (join && marks.clicked === undefined) {
      marks.clicked = performance.now();
      join.click();
    }
    const video = remote();
    if (video && video !== watched) {
      watched = video;
      video.requestVideoFrameCallback(() => (marks.seen ??= performance.now()));
    }
    if (marks.seen === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

interface Times {
  readonly navigation: number;
  readonly click: number;
}

async function timed(page: Page, url: string): Promise<Times> {
  await page.goto(url, { waitUntil: 'commit' });
  const marks = await page.waitForFunction(
    () => {
      const { marks: m } = window as unknown as { marks: { clicked?: number; seen?: number } };
      return m.seen !== undefined && m.clicked !== undefined ? { clicked: m.clicked, seen: m.seen } : null;
    },
    null,
    { timeout: 60_000, polling: 50 },
  );
  const value = await marks.jsonValue();
  if (!value) throw new Error('no marks');
  return { navigation: value.seen, click: value.seen - value.clicked };
}

async function person(browser: Browser, baseURL: string, click: boolean): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL, locale: 'en-GB' });
  // What runs this file names every function by a helper of its own, which a page does not have.
  await context.addInitScript('globalThis.__name = (f) => f');
  await context.addInitScript(hand, { host: HOST, click });
  return context;
}

/** Repeated arrivals of the same person, each in a fresh page: the cache is warm, as on a second visit. */
async function arrivals(context: BrowserContext, url: string, leave: (page: Page) => Promise<void>): Promise<Times[]> {
  const times: Times[] = [];
  for (let i = 0; i <= RUNS; i++) {
    const page = await context.newPage();
    const time = await timed(page, url);
    if (i > 0) times.push(time); // the first fills the caches
    await leave(page);
  }
  return times;
}

async function signUp(page: Page, name: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Email').fill(`${name.replaceAll(' ', '.').toLowerCase()}@example.org`);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(/\/meetings$/u);
}

async function measureParley(browser: Browser): Promise<Times[]> {
  const stack = await startStack();
  try {
    const host = await person(browser, stack.webUrl, false);
    const alice = await host.newPage();
    await signUp(alice, HOST);
    await alice.getByRole('button', { name: 'New meeting' }).click();
    await alice.waitForURL(/\/m\//u);
    const door = alice.url();
    const history = await host.newPage();
    await history.goto(door.replace('/m/', '/meetings/'));
    const invite = await history.getByRole('textbox', { name: 'Invite link' }).inputValue();
    await history.close();
    await alice.getByRole('button', { name: 'Join now' }).click();
    await alice.getByRole('toolbar', { name: 'Call controls' }).waitFor();

    const guest = await person(browser, stack.webUrl, true);
    const bob = await guest.newPage();
    await signUp(bob, 'Bob Birch');
    await bob.close();
    const times = await arrivals(guest, invite, async (page) => {
      await page.getByRole('button', { name: 'Leave', exact: true }).click();
      await page.getByText('You left the meeting').waitFor();
      await page.close();
      await alice.getByRole('group', { name: 'Bob Birch', exact: true }).waitFor({ state: 'detached' });
    });
    await host.close();
    await guest.close();
    return times;
  } finally {
    await stack.stop();
  }
}

async function measureBare(browser: Browser): Promise<Times[]> {
  const bare = await startBareCallPage();
  const host = await person(browser, bare.url, false);
  const alice = await host.newPage();
  await alice.goto(`${bare.url}#host`);
  await alice.locator('#join:enabled').waitFor();
  const guest = await person(browser, bare.url, true);
  const times = await arrivals(guest, bare.url, (page) => page.close());
  await host.close();
  await guest.close();
  bare.stop();
  return times;
}

const browser = await launch();
const bare = await measureBare(browser);
const parley = await measureParley(browser);
await browser.close();

const click = { parley: median(parley.map((t) => t.click)), bare: median(bare.map((t) => t.click)) };
const navigation = { parley: median(parley.map((t) => t.navigation)), bare: median(bare.map((t) => t.navigation)) };
print('join', [
  row({
    ...{ what: 'click on "Join now" to first remote frame (median of 7)', unit: 'ms', ...click },
    ...{ target: '<= 1.5 x bare or 800 ms', met: (ms, ratio) => ratio <= 1.5 || ms <= 800 },
  }),
  row({
    ...{ what: 'navigation to first remote frame (median of 7)', unit: 'ms', ...navigation },
    ...{ target: '<= 3 x bare', met: (_, ratio) => ratio <= 3 },
  }),
]);
process.exit(0);
