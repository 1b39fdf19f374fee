const PERCENT = /^(train|dev|test)\.(error|accuracy)$/;

/** A number in four significant digits, as short as it can be said. */
export function formatNumber(x: number | null | undefined, digits = 4): string {
  if (x === null || x === undefined || Number.isNaN(x)) return '–';
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e7) return x.toLocaleString('en');
  if (size < 1e-3 || size >= 1e7) {
    const [mantissa = '', exponent = ''] = x.toExponential(Math.min(digits, 3) - 1).split('e');
    return `${mantissa.replace(/\.?0+$/, '')}e${exponent.replace('+', '')}`;
  }
  // Whole thousands are read at a glance, 4.512e+4 is not.
  if (size >= 10 ** digits - 0.5) return Math.round(x).toLocaleString('en');
  // What is just below 1, a β2 say, is not 1.
  const text = x.toPrecision(x < 1 && 1 - x < 10 ** -digits ? 1 - Math.floor(Math.log10(1 - x)) : digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The value of a metric: shares of a part of the data as percentages, everything else as a number. */
export function formatMetric(metric: string, x: number | null | undefined): string {
  if (x === null || x === undefined) return '–';
  if (PERCENT.test(metric)) return `${(100 * x).toFixed(2)} %`;
  return formatNumber(x);
}

/** The same for a mark of an axis, where short is clear enough. */
export function formatTick(metric: string): (x: number) => string {
  return (x) => (PERCENT.test(metric) ? `${formatNumber(100 * x, 3)} %` : formatNumber(x, 3));
}

export function formatCount(x: number): string {
  return x.toLocaleString('en');
}

/** A value of a parameter, as short as it can be said. */
export function formatParam(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return value.map(formatParam).join(', ');
  return String(value);
}
