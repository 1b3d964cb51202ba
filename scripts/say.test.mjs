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
