const SHARED: readonly (readonly [owner: object, name: string, keys: readonly string[]])[] = [
  [globalThis, 'globalThis', ['fetch']],
  [console, 'console', ['debug', 'log', 'info', 'warn', 'error']],
];
/** Who listens to these ends the process, or keeps it. Those of `exit` stay: some modules listen from when they are read. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'];

/**
 * Remembers what all code of a process shares. Gives the function that puts it back, and says by name what had changed. Of the
 * environment only the names are ever shown: its values may be secrets.
 */
export function rememberProcess(): () => readonly string[] {
  const { env } = process;
  const environment = { ...env };
  const folder = process.cwd();
  const functions = SHARED.flatMap(([owner, name, keys]) =>
    keys.map((key) => ({ owner, key, name: `${name}.${key}`, value: Reflect.get(owner, key) as unknown })),
  );
  const heard = ENDINGS.map((event) => ({ event, listeners: new Set(process.listeners(event as 'exit')) }));
  return () => {
    const changed: string[] = [];
    for (const name of Object.keys({ ...environment, ...env })) {
      const value = environment[name];
      if (env[name] === value) continue;
      changed.push(name);
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
    if (process.cwd() !== folder) {
      changed.push('the working directory');
      process.chdir(folder);
    }
    for (const { owner, key, name, value } of functions) {
      if (Reflect.get(owner, key) === value) continue;
      changed.push(name);
      Reflect.set(owner, key, value);
    }
    for (const { event, listeners } of heard) {
      const left = process.listeners(event as 'exit').filter((listener) => !listeners.has(listener));
      if (left.length > 0) changed.push(`listeners of ${event}`);
      for (const listener of left) process.off(event, listener);
    }
    return changed;
  };
}
