import { build } from 'esbuild';

// The program that makes recordings ready runs in a process of its own, so Next does not bundle it.
// Packages from npm stay outside and are found in node_modules; our own TypeScript is bundled in.
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/server/finalise-child.ts'],
  outfile: 'dist/finalise-child.mjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  external: ['mediabunny', 'zod'],
  logLevel: 'info',
});
