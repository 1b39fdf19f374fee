/** A fenced block of a document. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  /** Why a test does not run it: `<!-- not run: … -->` stands before it. */
  readonly notRun: string | null;
  /** Shell to be run before it, for what a reader has and a test lacks: `<!-- first: … -->`. */
  readonly first: string | null;
}

/** The fenced blocks of a Markdown document, in their order. */
export function snippetsOf(markdown: string): Snippet[] {
  const blocks = markdown.matchAll(/((?:<!--(?:(?!-->)[\s\S])*-->\s*\n)*)^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(({ 0: all, 1: comments = '', 2: language = '', 3: text = '', index }) => ({
    language,
    text,
    line: markdown.slice(0, index + all.indexOf('```', comments.length)).split('\n').length,
    notRun: directive(comments, 'not run'),
    first: directive(comments, 'first'),
  }));
}

function directive(comments: string, name: string): string | null {
  return new RegExp(`<!-- ${name}: ((?:(?!-->)[\\s\\S])*?)\\s*-->`).exec(comments)?.[1] ?? null;
}
