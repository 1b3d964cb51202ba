import { receiveManifest } from './manifest-request';
import { startJobs } from './recording-jobs';
import { respond } from './respond';
import { serveWeb } from './testing-node-server';
import { receiveUpload, UPLOADS_PATH } from './uploads';

// The recording side of web as a process of its own, for tests that kill it: `tsx testing-upload-server.ts [jobs]`. Tells where
// it listens.
const jobs = process.argv[2] === 'jobs';
const upload = respond(receiveUpload);
const manifest = respond(async (request) => {
  const [, take, track] =
    /^\/api\/takes\/([^/]+)\/tracks\/([^/]+)\/manifest$/u.exec(new URL(request.url).pathname) ?? [];
  return take && track ? receiveManifest(request, { take, track }) : new Response(null, { status: 404 });
});
const { port } = await serveWeb((request) =>
  new URL(request.url).pathname.startsWith(UPLOADS_PATH) ? upload(request, null) : manifest(request, null),
);
process.env.WEB_URL = `http://127.0.0.1:${port}`;
if (jobs) startJobs();
process.send?.(process.env.WEB_URL);
process.on('disconnect', () => process.exit(0));
