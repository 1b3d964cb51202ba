import { cx } from './cx';

// Whole names, so that Tailwind finds them.
const WHO = ['bg-who-1', 'bg-who-2', 'bg-who-3', 'bg-who-4', 'bg-who-5', 'bg-who-6', 'bg-who-7', 'bg-who-8'] as const;

/** The background class of a person, always the same for the same id (FNV-1a, mod 8). */
export function whoClass(id: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return WHO[hash % WHO.length] ?? WHO[0];
}

/** One or two characters that stand for a name: first letters of the first and last word; of a Han name its last character. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = (word: string | undefined) => Array.from(word ?? '');
  const first = letters(words[0]);
  if (words.length === 1 && first.some((c) => /\p{Script=Han}/u.test(c))) return first.at(-1) ?? '?';
  const last = words.length > 1 ? letters(words.at(-1))[0] : undefined;
  return ((first[0] ?? '?') + (last ?? '')).toLocaleUpperCase();
}

/** A person as initials on their colour. Decorative: the name stands beside it or in the label of what holds it. */
export function Face({
  name,
  id,
  small = false,
  brief = false,
}: {
  name: string;
  id?: string;
  small?: boolean;
  /** One letter: another face covers a part of this one. */
  brief?: boolean;
}) {
  const letters = initials(name);
  return (
    <span
      aria-hidden
      data-initials={brief ? Array.from(letters)[0] : letters}
      className={cx(
        // As content of the style, not of the page: the letters are a picture, no part of any name or copied text.
        'before:content-[attr(data-initials)] grid flex-none place-items-center rounded-full font-semibold text-white select-none',
        small ? 'size-6 text-[10px]/none' : 'size-8 text-[12px]/none',
        whoClass(id ?? name),
      )}
    />
  );
}
