import axe from 'axe-core';
import { expect } from 'vitest';

/** axe finds nothing in `element`. Whole-page rules (landmarks, headings) are for pages, not for parts. */
export async function expectAccessible(element: Element): Promise<void> {
  const { violations } = await axe.run(element, {
    rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
