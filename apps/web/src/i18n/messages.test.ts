import { describe, expect, it } from 'vitest';
import { IntlMessageFormat } from 'intl-messageformat';
import { LOCALES } from './locale';
import { MESSAGES } from './messages';

/** Every sentence by its path, "pages.join.label". */
function sentences(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === 'string' ? [[here, value]] : sentences(value as object, here);
  });
}

const isText = (node: { type: number }): boolean => node.type === 0;

/** Names of the values a sentence takes, and of its tags. */
function holes(sentence: string, locale: string): string[] {
  const found = new Set<string>();
  const visit = (nodes: ReturnType<IntlMessageFormat['getAst']>): void => {
    for (const node of nodes) {
      if ('value' in node && !isText(node)) found.add(String(node.value));
      if ('options' in node) for (const option of Object.values(node.options)) visit(option.value);
      if ('children' in node) visit(node.children);
    }
  };
  visit(new IntlMessageFormat(sentence, locale).getAst());
  return [...found].sort();
}

const english = new Map(sentences(MESSAGES.en));

describe.each(LOCALES)('messages in %s', (locale) => {
  const here = new Map(sentences(MESSAGES[locale]));

  it('has exactly the sentences English has', () => {
    expect([...here.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('can be read as ICU messages and asks for nothing English does not give', () => {
    for (const [path, sentence] of here) {
      const given = holes(english.get(path) ?? '', 'en');
      for (const hole of holes(sentence, locale)) expect(given, `${path}: {${hole}}`).toContain(hole);
    }
  });

  it('leaves no sentence empty', () => {
    for (const [path, sentence] of here) expect(sentence.trim(), path).not.toBe('');
  });
});

describe('how it is said', () => {
  it('has no "please", "oops", "successfully" or exclamation mark in English', () => {
    for (const [path, sentence] of english) expect(sentence, path).not.toMatch(/\bplease\b|\boops\b|successfully|!/iu);
  });

  it('has full-width punctuation after Chinese, and a space between Chinese and Latin or digits', () => {
    for (const [path, sentence] of sentences(MESSAGES['zh-CN'])) {
      const bare = sentence.replace(/\{[^{}]*\}/gu, '').replace(/<\/?\w+>/gu, '');
      expect(bare, path).not.toMatch(/\p{Script=Han}[,.;:?!](?!\d)/u);
      expect(bare, path).not.toMatch(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u);
    }
  });
});
