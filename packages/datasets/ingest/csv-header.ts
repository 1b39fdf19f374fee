import { cellOf, numberOf } from './records.js';

type Fields = readonly string[];

/**
 * Whether the first record names the columns. Most headers have no numbers at all. One may have gaps, as tables have that were
 * written with their row numbers, where a column beside them shows that it is one: a word above numbers. And it may have whole
 * numbers among its names, positions (0, 1, 2, ...) or years.
 */
export function isHeader(first: Fields, others: readonly Fields[]): boolean {
  if (first.every(isWord)) return true;
  const columns = first.map((field, c) => ({
    field,
    below: others.flatMap((record) => cellOf(record[c] ?? '') ?? []),
  }));
  const isAboveNumbers = columns.some(({ field, below }) => isWord(field) && below.length > 0 && below.every(isNumber));
  if (first.every((field) => isWord(field) || field.trim() === '')) return isAboveNumbers;
  const names = first.filter((field) => field.trim() !== '');
  const numbers = names.filter(isNumber);
  const areNames = numbers.every((field, i) => WHOLE.test(field.trim()) && isOneMore(numbers, i)) && numbers.length > 1;
  if (!areNames || names.some((field) => !isNumber(field) && !isWord(field))) return false;
  const isAboveTexts = columns.some(({ field, below }) => isNumber(field) && below.length > 0 && !below.some(isNumber));
  return isAboveNumbers || isAboveTexts || isNothingLikeIt(columns);
}

const WHOLE = /^\d+$/;

/** Names that are numbers count on, as positions and years do. */
function isOneMore(numbers: Fields, i: number): boolean {
  return i === 0 || Number(numbers[i]) === Number(numbers[i - 1]) + 1;
}

/**
 * Whether the texts of the record do not come again below themselves, though others there do: in a row of the data the class would be one
 * of a few. A number may come again among fractions alone.
 */
function isNothingLikeIt(columns: readonly { readonly field: string; readonly below: readonly string[] }[]): boolean {
  const texts = columns.filter(({ field }) => isWord(field));
  const isNewText = texts.every(({ field, below }) => {
    return !below.includes(field.trim()) && new Set(below).size <= below.length / 2;
  });
  const isNewNumber = columns.every(({ field, below }) => {
    if (!isNumber(field)) return true;
    return below.some((cell) => !WHOLE.test(cell)) || !below.some((cell) => numberOf(cell) === Number(field));
  });
  return texts.length > 0 && isNewText && isNewNumber;
}

function isNumber(field: string): boolean {
  return numberOf(field.trim()) !== null;
}

function isWord(field: string): boolean {
  const cell = cellOf(field);
  return cell !== null && numberOf(cell) === null;
}
