import { spawn } from 'node:child_process';

/** A shell that is told one script after another, as somebody types into a terminal: variables and functions stay. */
export interface Shell {
  /** Runs a script, and gives all that it has written. @throws Error with that, when any command fails */
  run(script: string): Promise<string>;
  end(): void;
}

/**
 * For scripts as documents show them. A call that the service refuses fails (`curl --fail-with-body`), unless `expect_problem` is set,
 * when it must be refused. `quick` is `npx caviar` without npm's own second, for what is run beside documents. What follows a stream without an end is cut off after two seconds.
 */
const PRELUDE = `set -euo pipefail
exec 2>&1
expect_problem=
quick() { node "$CHECKOUT/apps/cli/bin/caviar.mjs" "$@"; }
curl() {
  local code=0 endless=
  for each in "$@"; do [ "$each" = -N ] && endless=1; done
  command curl --fail-with-body --max-time "$([ -n "$endless" ] && echo 2 || echo 60)" "$@" || code=$?
  if [ -n "$endless" ] && [ "$code" = 28 ]; then return 0; fi
  if [ -n "$expect_problem" ]; then [ "$code" = 22 ]; return; fi
  return "$code"
}
`;

export function startShell(cwd: string, env: Readonly<Record<string, string | undefined>>): Shell {
  const child = spawn('bash', ['--norc', '-s'], { cwd, env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  let output = '';
  let heard = () => {};
  child.stdout.on('data', (data) => {
    output += String(data);
    heard();
  });
  let exit: number | null | undefined;
  child.on('close', (code) => {
    exit = code;
    heard();
  });
  child.stdin.on('error', () => {}); // it has ended, and says so
  let runs = 0;
  const run = (script: string) =>
    new Promise<string>((resolve, reject) => {
      output = '';
      const end = `end of script ${runs++}`;
      heard = () => {
        if (output.includes(`${end}\n`)) resolve(output.replace(`${end}\n`, ''));
        else if (exit !== undefined) reject(new Error(`exit code ${exit}\n${script}\n${output}`));
      };
      // What the script reads from its input is not the next script.
      child.stdin.write(`{\n${script}\n} < /dev/null\necho '${end}'\n`);
      heard();
    });
  void run(PRELUDE);
  const end = () => {
    // with all that it has started
    if (exit === undefined && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  return { run, end };
}
