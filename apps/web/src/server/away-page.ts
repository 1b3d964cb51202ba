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
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 28rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
</style>
</head>
<body>
<main role="alert">
<h1>${heading}</h1>
<p>${explanation}</p>
<p><a href="">${retry}</a></p>
</main>
</body>
</html>
`;
}
