/** Runs once before the server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { start } = await import('./server/start');
  start();
  const { keepContentLength } = await import('./server/content-length');
  keepContentLength();
  const { startJobs } = await import('./server/recording-jobs');
  startJobs();
}
