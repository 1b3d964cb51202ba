/** A text as PostgreSQL can keep it: it has no NUL in texts, and lone surrogates are no UTF-8. */
export const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();
