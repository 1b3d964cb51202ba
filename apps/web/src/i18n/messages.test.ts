import { createTranslator } from 'next-intl';
import { describe, expect, it } from 'vitest';
import { LOCALES } from './locale';
import { MESSAGES } from './messages';

/** Every sentence by its path, "pages.join.label". */
function sentences(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === 'string' ? [[here, value]] : sentences(value as object, here);
  });
}

/** Names of the values a sentence takes, and of its tags. The branches of a plural are no values. */
function holes(sentence: string): string[] {
  const values = [...sentence.matchAll(/(?<!\b(?:one|other|zero|two|few|many)\s*|=\d+\s*)\{\s*(\w+)\s*[,}]/gu)];
  const tags = [...sentence.matchAll(/<(\w+)>/gu)];
  return [...new Set([...values, ...tags].map(([, name]) => name ?? ''))].sort();
}

const english = new Map(sentences(MESSAGES.en));

describe.each(LOCALES)('messages in %s', (locale) => {
  const here = new Map(sentences(MESSAGES[locale]));

  it('has exactly the sentences English has', () => {
    expect([...here.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('asks for nothing English does not give', () => {
    for (const [path, sentence] of here) {
      const given = holes(english.get(path) ?? '');
      for (const hole of holes(sentence)) expect(given, `${path}: {${hole}}`).toContain(hole);
    }
  });

  it('can be read and filled', () => {
    const t = createTranslator({
      locale,
      messages: MESSAGES[locale],
      onError: (error) => {
        throw error;
      },
    }) as unknown as { rich: (path: string, values: Record<string, unknown>) => unknown };
    for (const [path, sentence] of here) {
      const isTag = (name: string) => sentence.includes(`<${name}>`);
      const values = holes(sentence).map((name) => [name, isTag(name) ? (text: unknown) => text : 2]);
      t.rich(path, Object.fromEntries(values) as Record<string, unknown>);
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
