import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { GUIDE, GUIDE_PAGES, type GuidePage } from './pages.js';

/** Where the guide is served. */
export const GUIDE_PATH = '/docs/guide';

/** A page of the guide as HTML, given its Markdown. The Markdown is ours: it is not sanitised. */
export function renderPage(page: GuidePage, markdown: string): string {
  const slug = headingSlugs();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }) {
        const id = slug(text);
        const inner = this.parser.parseInline(tokens);
        return depth === 1
          ? `<h1>${inner}</h1>\n`
          : `<h${depth} id="${id}"><a class="anchor" href="#${id}" aria-label="Link to this section">#</a>${inner}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const target = targetOf(href, page.file);
        return target === null ? inner : `<a href="${escapeHtml(target)}">${inner}</a>`;
      },
      image({ href, text }) {
        return `<img src="${escapeHtml(targetOf(href, page.file) ?? href)}" alt="${escapeHtml(text)}">`;
      },
      // Tables may be wider than a telephone.
      table(token: Tokens.Table) {
        const cells = (row: readonly Tokens.TableCell[], tag: string) =>
          row
            .map(({ tokens, align }) => {
              const style = align === null ? '' : ` class="${align}"`;
              return `<${tag}${style}>${this.parser.parseInline(tokens)}</${tag}>`;
            })
            .join('');
        const body = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="table" tabindex="0"><table><thead><tr>${cells(token.header, 'th')}</tr></thead>\n<tbody>${body}</tbody></table></div>\n`;
      },
      code({ text, lang }) {
        const name = lang === undefined || lang === '' ? '' : ` data-lang="${escapeHtml(lang)}"`;
        return `<pre tabindex="0"${name}><code>${escapeHtml(text)}</code></pre>\n`;
      },
      // What is meant for the tests that run the snippets.
      html: ({ text }) => (text.trimStart().startsWith('<!--') ? '' : text),
    },
  });
  return layOut(page, marked.parse(markdown, { async: false }));
}

/** Where a link of a document leads when it is read in the guide; null for files of the repository that are not served. */
function targetOf(href: string, file: string): string | null {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const [path = '', fragment] = href.split('#');
  const hash = fragment === undefined ? '' : `#${fragment}`;
  const resolved = posix.normalize(posix.join(posix.dirname(file), path));
  if (resolved.startsWith('..')) return null;
  const page = GUIDE_PAGES.find((other) => other.file === resolved);
  if (page !== undefined) return `${GUIDE_PATH}/${page.name}${hash}`;
  return isServed(resolved) ? `${GUIDE_PATH}/files/${resolved}` : null;
}

/** Whether a file below `docs` is served as it is: examples, pictures, and documents that are no page of the guide. */
export function isServed(path: string): boolean {
  return (
    /\.(md|py|json|sh|svg|png|yml|yaml)$/.test(path) && !path.split('/').some((part) => part === '' || part[0] === '.')
  );
}

/** As the places where Markdown is usually read make them: links between documents work there and here. */
function headingSlugs(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const base = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return count === 0 ? base : `${base}-${count}`;
  };
}

function layOut(page: GuidePage, body: string): string {
  const menu = GUIDE.map(({ title, pages }) => {
    const items = pages.map((other) => {
      const current = other === page ? ' aria-current="page"' : '';
      return `<li><a href="${GUIDE_PATH}/${other.name}"${current}>${escapeHtml(other.title)}</a></li>`;
    });
    return `<h2>${escapeHtml(title)}</h2>\n<ul>${items.join('')}</ul>`;
  });
  const index = GUIDE_PAGES.indexOf(page);
  const step = (other: GuidePage | undefined, rel: 'prev' | 'next') =>
    other === undefined
      ? '<span></span>'
      : `<a rel="${rel}" href="${GUIDE_PATH}/${other.name}">${rel === 'prev' ? '← ' : ''}${escapeHtml(other.title)}${rel === 'next' ? ' →' : ''}</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)} · Caviar</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="${GUIDE_PATH}/guide.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header><a class="brand" href="${GUIDE_PATH}">Caviar <span>guide</span></a><nav aria-label="Service"><a class="to-pages" href="#pages">Pages</a><a href="/">Service</a><a href="/docs">API</a><a href="/problems">Problems</a></nav></header>
<div class="page">
<nav class="menu" id="pages" aria-label="Guide"><details open><summary>Pages</summary>
${menu.join('\n')}
</details></nav>
<main id="main">
${body}
<footer>${step(GUIDE_PAGES[index - 1], 'prev')}${step(GUIDE_PAGES[index + 1], 'next')}</footer>
</main>
</div>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
