import type { Locale } from '../i18n/locale';
import { serverMessages } from './server-messages';

/**
 * The page for when the database is away: whole in itself, since the layout of the other pages asks the database. Tries again by
 * itself. A call that is going on is another page and does not see it.
 */
export function awayPage(locale: Locale): string {
  const { title, heading, explanation, retry } = serverMessages(locale).away;
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="10">
<title>${title}</title>
<style>
/* The tokens of packages/ui, written out: nothing else may be fetched for this page. */
:root { --paper: #f8f6f1; --surface: #fffefb; --line: #e3ded3; --ink: #1e1c19; --ink-2: #55514a; --voice-tint: #dfeee8; --fill: #efebe2; --focus: #0b6a5b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #121311; --surface: #1a1c19; --line: #2d302b; --ink: #f2f0ea; --ink-2: #b9b6ad; --voice-tint: #16332b; --fill: #272a26; --focus: #7fdcc2; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink); font: 400 15px/24px "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", sans-serif; }
main { box-sizing: border-box; width: min(100%, 464px); padding: 32px; display: grid; justify-items: center; gap: 12px; text-align: center; text-wrap: balance; }
svg { width: 72px; height: 72px; margin-bottom: 8px; }
h1 { margin: 0; font-size: 28px; line-height: 36px; font-weight: 600; }
p { margin: 0; color: var(--ink-2); }
a { display: inline-block; margin-top: 16px; padding: 9px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: var(--ink); font-size: 14px; line-height: 20px; font-weight: 500; text-decoration: none; }
a:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
</style>
</head>
<body>
<main role="alert">
<svg viewBox="0 0 24 24" aria-hidden="true" stroke-linejoin="round"><path d="M10.5 3.5a8.5 8.5 0 0 0-8 8.5v8.5h8z" fill="var(--voice-tint)" stroke="var(--voice-tint)"/><path d="M13.5 20.5a8.5 8.5 0 0 0 8-8.5V3.5h-8z" fill="var(--fill)" stroke="var(--fill)"/></svg>
<h1>${heading}</h1>
<p>${explanation}</p>
<p><a href="">${retry}</a></p>
</main>
</body>
</html>
`;
}
