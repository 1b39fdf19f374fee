import type { Style } from '@caviar/terminal';
import type { Command, OptionSpec } from './command.js';
import { GLOBAL_OPTIONS } from './parse.js';

/** Groups of commands, in the order in which people meet them. */
const GROUPS: readonly (readonly [title: string, words: readonly string[]])[] = [
  ['The service', ['up', 'status', 'worker', 'key']],
  ['Searches and trials', ['search', 'trial', 'diagnose', 'test-evaluate', 'webhook']],
  ['Data and networks', ['dataset', 'trainer', 'gradcheck']],
  ['This program', ['completion']],
];

/** What there is, a line per command. */
export function overview(commands: readonly Command[], { bold, dim }: Style): string[] {
  const usages = commands.map((command) => ({ command, usage: usageOf(command) }));
  const width = Math.max(...usages.map(({ usage }) => usage.length));
  return [
    `${bold('caviar')}: many networks trained at once, the best one kept`,
    '',
    `${bold('Usage')}  caviar COMMAND [options]`,
    ...GROUPS.flatMap(([title, words]) => [
      '',
      bold(title),
      ...words.flatMap((word) =>
        usages
          .filter(({ command }) => command.path[0] === word)
          .map(({ command, usage }) => `  ${usage.padEnd(width)}  ${command.summary}`),
      ),
    ]),
    '',
    bold('Everywhere'),
    ...optionLines(GLOBAL_OPTIONS),
    '',
    bold('Exit codes'),
    '  0 done               3 no answer        6 not what the service takes',
    '  1 failed             4 key refused      7 not now',
    '  2 wrong command line 5 not found        8 done, with a bad outcome',
    '',
    dim('SEARCH is an id, or "latest". TRIAL is an id, or SEARCH#NUMBER, or SEARCH#best.'),
    dim('caviar COMMAND --help tells more, with examples.'),
  ];
}

/** One command; of a group, all but the last are told without what holds everywhere. */
export function helpOf(command: Command, { bold }: Style, isLast = true): string[] {
  const args = command.args ?? [];
  const width = Math.max(0, ...args.map(({ name }) => name.length));
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', bold(title), ...lines]);
  return [
    `${bold(`caviar ${command.path.join(' ')}`)}: ${command.summary}`,
    '',
    `${bold('Usage')}  caviar ${usageOf(command)}${command.options === undefined ? '' : ' [options]'}`,
    ...section(
      'Arguments',
      args.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`),
    ),
    ...section('Options', optionLines(command.options ?? {})),
    ...section(
      'Examples',
      command.examples.map((example) => `  ${example}`),
    ),
    ...(isLast ? section('Everywhere', optionLines(GLOBAL_OPTIONS)) : []),
  ];
}

function usageOf({ path, args = [] }: Command): string {
  return [...path, ...args.map(({ name, isOptional }) => (isOptional ? `[${name}]` : name))].join(' ');
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): string[] {
  const rows = Object.entries(options).map(([name, { short, value, kind, help, choices }]) => {
    const flag = kind === 'boolean' ? `--${name}` : `--${name} ${value ?? 'VALUE'}`;
    const text = choices === undefined ? help : `${help}: ${choices.join(', ')}`;
    return [`  ${short === undefined ? '' : `-${short}, `}${flag}`, text] as const;
  });
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, text]) => `${flag.padEnd(width)}  ${text}`);
}
