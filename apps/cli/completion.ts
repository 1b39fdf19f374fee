import type { Command } from './command.js';
import { GLOBAL_OPTIONS } from './parse.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes commands, options and the words that they take. Made from the commands, so it has all of them. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return `#compdef caviar\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case 'fish':
      return fish(commands);
  }
}

/** What may follow after the words so far, by these words. */
function followers(commands: readonly Command[]): Map<string, Set<string>> {
  const after = new Map<string, Set<string>>();
  const add = (key: string, word: string) => {
    const known = after.get(key) ?? new Set();
    after.set(key, known.add(word));
  };
  for (const { path, args = [], options = {} } of commands) {
    for (const [index, word] of path.entries()) add(path.slice(0, index).join(' '), word);
    const key = path.join(' ');
    for (const choice of args[0]?.choices ?? []) add(key, choice);
    if (args[0]?.name === 'SEARCH') add(key, 'latest');
    for (const name of Object.keys({ ...options, ...GLOBAL_OPTIONS })) add(key, `--${name}`);
  }
  return after;
}

function bash(commands: readonly Command[]): string {
  const cases = [...followers(commands)].map(([key, words]) => `    "${key}") words="${[...words].join(' ')}" ;;`);
  // An option of the same name takes other words elsewhere: the statuses of searches are not those of trials.
  const values = commands.flatMap(({ path, options = {} }) =>
    Object.entries(options).flatMap(([name, { choices }]) =>
      choices === undefined
        ? []
        : [
            `    "${path.join(' ')} --${name}") COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`,
          ],
    ),
  );
  return `# caviar: completion for bash. Load it with: source <(caviar completion bash)
_caviar() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *) path="\${path:+$path }$word" ;;
    esac
  done
  while :; do
    case "$path $previous" in
${values.join('\n')}
    esac
    case "$path" in
${cases.join('\n')}
    esac
    [ -n "$words" ] && break
    case "$path" in
      *" "*) path="\${path% *}" ;;
      *) break ;;
    esac
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _caviar caviar
`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = [
    '# caviar: completion for fish. Keep it with: caviar completion fish > ~/.config/fish/completions/caviar.fish',
  ];
  const firsts = new Map<string, string>();
  for (const { path, summary } of commands) {
    const [first = ''] = path;
    firsts.set(
      first,
      path.length === 1
        ? summary
        : `${first}: ${commands
            .filter(({ path: p }) => p[0] === first)
            .map(({ path: p }) => p[1])
            .join(', ')}`,
    );
  }
  for (const [first, about] of firsts) {
    lines.push(`complete -c caviar -n __fish_use_subcommand -f -a ${quoted(first)} -d ${quoted(about)}`);
  }
  for (const { path, summary, args = [], options = {} } of commands) {
    const [first = '', second] = path;
    const seen = `__fish_seen_subcommand_from ${first}`;
    if (second !== undefined) {
      const seconds = commands.filter(({ path: p }) => p[0] === first).map(({ path: p }) => p[1]);
      const open = `${seen}; and not __fish_seen_subcommand_from ${seconds.join(' ')}`;
      lines.push(`complete -c caviar -n ${quoted(open)} -f -a ${quoted(second)} -d ${quoted(summary)}`);
    }
    const here = second === undefined ? seen : `${seen}; and __fish_seen_subcommand_from ${second}`;
    const words = [...(args[0]?.choices ?? []), ...(args[0]?.name === 'SEARCH' ? ['latest'] : [])];
    if (words.length > 0) lines.push(`complete -c caviar -n ${quoted(here)} -f -a ${quoted(words.join(' '))}`);
    for (const [name, { kind, help, choices }] of Object.entries(options)) {
      const values = choices === undefined ? '' : ` -f -a ${quoted(choices.join(' '))}`;
      lines.push(
        `complete -c caviar -n ${quoted(here)} -l ${name}${kind === 'boolean' ? '' : ' -r'}${values} -d ${quoted(help)}`,
      );
    }
  }
  for (const [name, { kind, help }] of Object.entries(GLOBAL_OPTIONS)) {
    lines.push(`complete -c caviar -l ${name}${kind === 'boolean' ? '' : ' -r -f'} -d ${quoted(help)}`);
  }
  return `${lines.join('\n')}\n`;
}
