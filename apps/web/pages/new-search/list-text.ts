/** Values as they are typed: with commas between them, texts without quotes where they can only be read as that text. */
export function listText(values: readonly unknown[]): string {
  return values.map(itemText).join(', ');
}

function itemText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const read = listIn(value);
  return read.length === 1 && read[0] === value ? value : JSON.stringify(value);
}

/** What such a text says: numbers, true, false and null as JSON has them, texts with or without quotes. Lists and quoted texts keep their own commas. */
export function listIn(text: string): unknown[] {
  const parts = Array.from(
    text.matchAll(/\s*(\[[^\]]*\]|"(?:[^"\\]|\\.)*"(?=\s*(?:,|$))|[^,]+)/g),
    ([, part = '']) => part,
  );
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return JSON.parse(part) as unknown;
      } catch {
        return part;
      }
    });
}
