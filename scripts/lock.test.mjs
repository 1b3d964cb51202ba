import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from './run.mjs';

test('the lock names every platform of every package, so that a fresh clone installs anywhere', () => {
  const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
  const paths = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) => !paths.some((other) => other === `node_modules/${name}` || other.endsWith(`/node_modules/${name}`)),
      )
      .map((name) => `${path} wants ${name}`),
  );
  expect(missing).toEqual([]);
});
