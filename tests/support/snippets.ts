/** A fenced block of a document. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  /** Why a test does not run it: `<!-- not run: … -->` stands before it. */
  readonly notRun: string | null;
}

/** The fenced blocks of a Markdown document, in their order. */
export function snippetsOf(markdown: string): Snippet[] {
  const blocks = markdown.matchAll(/(?:<!-- not run: (.*?) -->\n+)?^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, why, language = '', text = '']) => ({ language, text, notRun: why ?? null }));
}
