import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cure } from './say.mjs';

test.each([
  ['npm error code EAI_AGAIN', /no way to the package registry/],
  ['npm error code ENOSPC', /disk is full/],
  ["EACCES: permission denied, open '/x'", /may not read or write there/],
  ['npm error code E404', /^$/],
])('%s: %s', (told, sentence) => {
  expect(cure(told)).toMatch(sentence);
});

test('stdout stays free for a program whose stdout is read by others', () => {
  const program = `
    import { sayOnStderr, step } from ${JSON.stringify(new URL('./say.mjs', import.meta.url).href)};
    sayOnStderr();
    await step('Installing', async () => {});
    console.log('{"numbers":1}');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stdout).toBe('{"numbers":1}\n');
  expect(stderr).toMatch(/Installing \.\.\.\n.*done in/);
});
