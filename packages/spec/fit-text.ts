/**
 * The first `max` characters of a text as schemas count them, so that none is cut in half; U+0000 and halves that were in it become
 * U+FFFD, since Postgres keeps neither: a text of ours that is made from another's is one that we would take.
 */
export function fitText(text: string, max: number): string {
  const beginning = [...text.slice(0, 2 * max)].slice(0, max).join(''); // a character is two units at most
  return beginning.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
