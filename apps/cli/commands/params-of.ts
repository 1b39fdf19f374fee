import { UsageError } from '../errors.js';

type ParamValue = string | number | boolean | null;

/** Params from `NAME=VALUE`: `hiddenUnits=8` is a number, `activation=tanh` a word; whatever is no JSON is taken as it is. */
export function paramsOf(texts: readonly string[], help: string): Record<string, ParamValue> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--param takes NAME=VALUE, not "${text}"`, help);
      const value = text.slice(at + 1);
      try {
        return [text.slice(0, at), JSON.parse(value)];
      } catch {
        return [text.slice(0, at), value];
      }
    }),
  );
}
