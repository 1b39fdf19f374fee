#!/usr/bin/env node
// Turns what a terminal shows into a picture: tmux capture-pane -e -p | node scripts/terminal-svg.mjs TITLE > x.svg
// Knows the few styles that our own screens use: bold, dim, and the eight colours.
import { readFileSync } from 'node:fs';

const COLUMN = 7.85;
const LINE = 17;
const PAD = 16;
const INK = '#d8dee9';
const COLOURS = ['#4c566a', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#eceff4'];

/** @typedef {{ bold: boolean, dim: boolean, colour: string }} Style */

const PLAIN = { bold: false, dim: false, colour: INK };

/**
 * @param {Style} style
 * @param {string} codes as in `ESC [ codes m`
 * @returns {Style}
 */
function restyled(style, codes) {
  let { bold, dim, colour } = style;
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) ({ bold, dim, colour } = PLAIN);
    else if (code === 1) bold = true;
    else if (code === 2) dim = true;
    else if (code === 22) [bold, dim] = [false, false];
    else if (code >= 30 && code <= 37) colour = COLOURS[code - 30] ?? INK;
    else if (code === 39) colour = INK;
  }
  return { bold, dim, colour };
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

let style = PLAIN;
let columns = 0;
const rows = readFileSync(0, 'utf8')
  .trimEnd()
  .split('\n')
  .map((row) => {
    let column = 0;
    let spans = '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this reads
    for (const [, codes, text] of row.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)/g)) {
      if (text === undefined) {
        style = restyled(style, codes ?? '');
        continue;
      }
      const attributes = `fill="${style.colour}"${style.bold ? ' font-weight="bold"' : ''}${style.dim ? ' opacity="0.6"' : ''}`;
      // each run of words gets its own place: renderers do not agree on what to do with several spaces
      for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
        const x = (PAD + (column + index) * COLUMN).toFixed(1);
        const length = (words.length * COLUMN).toFixed(1);
        spans += `<tspan x="${x}" textLength="${length}" ${attributes}>${escaped(words)}</tspan>`;
      }
      column += text.length;
    }
    columns = Math.max(columns, column);
    return spans;
  });

const width = Math.ceil(columns * COLUMN + 2 * PAD);
const height = rows.length * LINE + 2 * PAD;
const lines = rows.map((spans, row) => (spans === '' ? '' : `<text y="${PAD + 13 + row * LINE}">${spans}</text>\n`));
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escaped(process.argv[2] ?? 'A terminal')}</title>
<rect width="100%" height="100%" rx="8" fill="#20242c"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
${lines.join('')}</g>
</svg>
`);
