import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import type { Snippet } from './snippets.js';

/** Holds a block that no test can run to what there is: its grammar, and the services, targets and values that it names. */
export async function checkUnrun(root: string, { language, text }: Snippet): Promise<void> {
  switch (language) {
    case 'sh': {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: text });
      expect(String(stderr)).toBe('');
      expect(status).toBe(0);
      for (const line of text.replaceAll('\\\n', ' ').split('\n')) checkCommand(root, line.replace(/#.*/, '').trim());
      return;
    }
    case 'python': {
      const { stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text });
      expect(String(stderr)).toBe('');
      return;
    }
    case 'text':
    case 'mermaid':
      return;
    default:
      expect.fail(`a block of ${language} can be run`);
  }
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

function checkCommand(root: string, line: string): void {
  const words = line.split(/\s+/);
  const after = (option: string) => words.flatMap((word, i) => (words[i - 1] === option ? [word] : []));
  if (line.startsWith('docker compose ')) {
    const { services } = parse(read(root, 'docker-compose.yml')) as { services: Readonly<Record<string, unknown>> };
    const named = after('--scale').map((scale) => scale.split('=')[0]);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(named));
  } else if (line.startsWith('docker build ')) {
    const targets = [...read(root, 'Dockerfile').matchAll(/^FROM .* AS (\w+)$/gim)].map(([, target]) => target);
    const named = after('--target').filter((target) => !target.startsWith('$'));
    expect(targets).toEqual(expect.arrayContaining(named));
  } else if (line.startsWith('for target in ')) {
    const named = /^for target in (.*?);/.exec(line)?.[1]?.split(' ') ?? [];
    const targets = [...read(root, 'Dockerfile').matchAll(/^FROM .* AS (\w+)$/gim)].map(([, target]) => target);
    expect(named.length).toBeGreaterThan(0);
    expect(targets).toEqual(expect.arrayContaining(named));
  } else if (line.startsWith('helm ')) {
    const chart = words.find((word) => word.startsWith('deploy/')) ?? expect.fail(`no chart: ${line}`);
    const values = parse(read(root, chart, 'values.yaml')) as object;
    for (const setting of after('--set')) {
      const [path = ''] = setting.split('=');
      expect(values, setting).toHaveProperty(path);
    }
  } else if (line.startsWith('kubectl create secret generic ')) {
    const names = words.flatMap((word) => /^--from-literal=(\w+)=/.exec(word)?.[1] ?? []);
    const processes = ['apps/api/config.ts', 'apps/worker/config.ts'].map((file) => read(root, file)).join('');
    for (const name of names) expect(processes).toContain(name);
  } else if (/^(npm|pip) install \.\.\/caviar\//.test(line)) {
    expect(existsSync(join(root, (words[2] ?? '').replace('../caviar/', '')))).toBe(true);
  } else if (
    /^(npm (run|start|test)\b|node |caviar up|export |curl localhost:3000\/|cp -a |done$|docker push |bash scripts\/)/.test(
      line,
    )
  ) {
    // verbs, and files that node runs, are looked up by tests/documents.test.ts
  } else if (line !== '') expect.fail(`nobody checks: ${line}`);
}
