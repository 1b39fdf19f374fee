/** Columns as a parameter of an address. Parameters and metrics have any name, with commas and spaces too. */
export function writeKeys(keys: readonly string[]): string {
  return keys.map((key) => key.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}

export function readKeys(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map((key) => key.replaceAll('%2C', ',').replaceAll('%25', '%'));
}
