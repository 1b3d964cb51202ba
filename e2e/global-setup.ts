import { startStack } from './stack';

/** One Parley for the whole run; its place reaches the workers by environment. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const stack = await startStack();
  process.env.PARLEY_E2E = JSON.stringify({
    dataDir: stack.dataDir,
    web: Number(new URL(stack.webUrl).port),
    signal: Number(new URL(stack.signalUrl).port),
  });
  return () => stack.stop();
}
