/** The text with the passwords of the URLs in it left out: `postgres://me:secret@host` becomes `postgres://me:***@host`. */
export function redactUrls(text: string): string {
  return text.includes('://') ? text.replace(PASSWORD, '$1:***@') : text;
}

/** User and password of a URL. A password may hold an unescaped @, so the last one before a slash, space or quote counts. */
const PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*):[^\s/"]*@/gi;
