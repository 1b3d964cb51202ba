import { build } from 'esbuild';

// Packages from npm stay outside and are found in node_modules; our own TypeScript is bundled in.
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  external: ['jose', 'pino', 'socket.io', 'zod'],
  logLevel: 'info',
});
