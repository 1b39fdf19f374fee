import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from './commands/commands.js';
import { completionScript } from './completion.js';
import { runCaptured } from './testing/run-captured.js';

const hasBash = spawnSync('bash', ['-c', 'compgen -W x']).status === 0;

describe('help', () => {
  test('of everything', async () => {
    const { code, stdout } = await runCaptured([]);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect((await runCaptured(['--help'])).stdout).toBe(stdout);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(88);
  });

  test.each(COMMANDS.map(({ path }) => path.join(' ')))('of %s', async (name) => {
    const { code, stdout } = await runCaptured([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect((await runCaptured(['help', ...name.split(' ')])).stdout).toBe(stdout);
  });

  test('of a group is that of its commands', async () => {
    const { stdout } = await runCaptured(['key', '--help']);
    expect(stdout).toContain('caviar key create:');
    expect(stdout).toContain('caviar key revoke:');
    expect(stdout.match(/Everywhere/g)).toHaveLength(1);
  });

  test('has examples that the commands take', () => {
    for (const { path, examples } of COMMANDS) {
      expect(examples.length, path.join(' ')).toBeGreaterThan(0);
      for (const example of examples) {
        const words = example
          .replace(/.*\| /, '')
          .replace(/^source <\(/, '')
          .split(' ')
          .slice(1);
        const isKnown = COMMANDS.some((command) => command.path.every((word, index) => words[index] === word));
        expect(isKnown || example.includes('| jq'), example).toBe(true);
      }
    }
  });
});

describe.skipIf(!hasBash)('completion in bash', () => {
  const complete = (...words: readonly string[]) =>
    execFileSync('bash', [
      '-c',
      `${completionScript('bash', COMMANDS)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _caviar; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      'caviar',
      ...words,
    ])
      .toString()
      .trim()
      .split('\n');

  test('knows commands, their options, and the words that these take', () => {
    expect(complete('se')).toEqual(['search']);
    expect(complete('search', 'pa')).toEqual(['pause']);
    expect(complete('search', 'show', 'la')).toEqual(['latest']);
    expect(complete('search', 'list', '--st')).toEqual(['--status']);
    expect(complete('search', 'list', '--status', 'ru')).toEqual(['running']);
    // Each by its own command: trials can be infeasible, searches cannot.
    expect(complete('search', 'list', '--limit', '3', '--status', 'in')).not.toContain('infeasible');
    expect(complete('trial', 'list', 'latest', '--status', 'in')).toEqual(['infeasible']);
    expect(complete('search', 'export', 'latest', '--format', '')).toEqual(['csv', 'jsonl']);
    expect(complete('trial', 'model', 'latest#best', '--format', '')).toEqual(['safetensors', 'onnx']);
    expect(complete('completion', '')).toEqual([
      'bash',
      'zsh',
      'fish',
      '--url',
      '--key',
      '--json',
      '--color',
      '--help',
    ]);
  });

  test('has every command for the other shells', () => {
    const [zsh, fish] = [completionScript('zsh', COMMANDS), completionScript('fish', COMMANDS)];
    expect(zsh).toMatch(/^#compdef caviar\n/);
    for (const { path } of COMMANDS) {
      expect(zsh).toContain(path.at(-1));
      expect(fish).toContain(`-a '${path.at(-1)}'`);
    }
  });
});
