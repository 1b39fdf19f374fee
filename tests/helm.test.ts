import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, runSql } from '@caviar/testing';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

// The chart, rendered by Helm itself: HELM names the program, or it is on the path.

const root = fileURLToPath(new URL('../', import.meta.url));
const helm = process.env['HELM'] ?? 'helm';
const hasHelm = spawnSync(helm, ['version']).status === 0;

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
  readonly livenessProbe?: { readonly exec?: { readonly command: readonly string[] } };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
      readonly spec: {
        readonly securityContext: object;
        readonly containers: readonly Container[];
        readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
      };
    };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly relabelings: readonly { readonly targetLabel: string; readonly replacement: string }[];
    }[];
    readonly triggers: readonly { readonly metadata: { readonly query: string } }[];
  };
}

function render(...settings: readonly string[]): Manifest[] {
  const set = settings.flatMap((setting) => ['--set', setting]);
  const text = execFileSync(helm, ['template', 'prod', 'deploy/helm/caviar', ...set], { cwd: root, encoding: 'utf8' });
  return parseAllDocuments(text).flatMap((document) => {
    expect(document.errors).toEqual([]);
    const manifest = document.toJS() as Manifest | null;
    return manifest === null ? [] : [manifest];
  });
}

const SERVERS = ['databaseUrl=postgresql://p', 'redisUrl=redis://r', 'apiKeys=k'];

describe.skipIf(!hasHelm)('the chart', () => {
  const manifests = hasHelm ? render(...SERVERS, 'autoscaling.enabled=true', 'api.ingress.enabled=true') : [];
  const named = (kind: string, end: string) =>
    manifests.find(({ kind: each, metadata }) => each === kind && metadata.name.endsWith(end)) ??
    expect.fail(`there is no ${kind} …${end}`);
  const withPods = () => manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

  test('passes lint', () => {
    const { status, stdout } = spawnSync(helm, ['lint', 'deploy/helm/caviar', '--set', 'existingSecret=x'], {
      cwd: root,
    });
    expect(status, String(stdout)).toBe(0);
  });

  test('has a secret, a migration, APIs, workers, and what leads to them', () => {
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      'Deployment prod-caviar-api',
      'Deployment prod-caviar-worker',
      'Ingress prod-caviar',
      'Job prod-caviar-migrate',
      'PodDisruptionBudget prod-caviar-api',
      'ScaledObject prod-caviar-worker',
      'Secret prod-caviar',
      'Service prod-caviar',
      'TriggerAuthentication prod-caviar-postgres',
    ]);
  });

  test('selects the pods that it makes', () => {
    for (const { spec } of manifests.filter(({ kind }) => kind === 'Deployment')) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
  });

  test('gives its processes settings that they read, and every setting of the databases', () => {
    const settings = ['apps/api/config.ts', 'apps/worker/config.ts', 'packages/local/config.ts']
      .map((file) => readFileSync(`${root}${file}`, 'utf8'))
      .join('\n');
    for (const { spec } of withPods()) {
      const names = spec.template.spec.containers.flatMap(({ env }) => env.map(({ name }) => name));
      expect(names).toEqual(expect.arrayContaining(['DATABASE_URL', 'REDIS_URL']));
      expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(settings))).toEqual([]);
    }
  });

  test('runs without root, on a read-only file system, without capabilities', () => {
    for (const { spec } of withPods()) {
      expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      for (const { securityContext } of spec.template.spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  test('tells Prometheus where the metrics of every pod are, and so does the compose file of its workers', () => {
    for (const end of ['-api', '-worker']) {
      const { metadata, spec } = named('Deployment', end).spec.template;
      const [container] = spec.containers;
      const port = Number(metadata.annotations?.['prometheus.io/port']);
      expect(metadata.annotations).toMatchObject({ 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/metrics' });
      expect(container?.ports?.map(({ containerPort }) => containerPort)).toEqual([port]);
      const settingOf = (name: string) => container?.env.find((one) => one.name === name)?.value;
      const [host, own] = end === '-api' ? ['HOST', 'PORT'] : ['CAVIAR_METRICS_HOST', 'CAVIAR_METRICS_PORT'];
      expect([settingOf(host), settingOf(own)]).toEqual(['0.0.0.0', String(port)]);
    }
    const compose = parseAllDocuments(readFileSync(`${root}docker-compose.yml`, 'utf8'), { merge: true })[0]!.toJS();
    const { environment, expose } = compose.services.worker;
    expect(expose).toEqual([String(environment.CAVIAR_METRICS_PORT)]);
    expect(environment.CAVIAR_METRICS_HOST).toBe('0.0.0.0');
  });

  test('makes monitors for the operator when asked, under the names that the alerts know', () => {
    expect(manifests.map(({ kind }) => kind)).not.toContain('PodMonitor');
    const with_ = render(...SERVERS, 'podMonitors.enabled=true', 'podMonitors.labels.release=stack');
    const monitors = with_.filter(({ kind }) => kind === 'PodMonitor');
    const rules = readFileSync(`${root}deploy/prometheus/rules.yml`, 'utf8');
    const ofPods = monitors.map(({ metadata, spec }) => {
      const deployment = with_.find(({ kind, metadata: { name } }) => kind === 'Deployment' && name === metadata.name);
      const { labels } = deployment!.spec.template.metadata;
      expect(labels).toMatchObject(spec.selector.matchLabels);
      expect(metadata).toMatchObject({ labels: { release: 'stack' } });
      const [endpoint] = spec.podMetricsEndpoints;
      const ports = deployment!.spec.template.spec.containers.flatMap((container) => container.ports ?? []);
      expect(ports.map(({ name }) => name)).toContain(endpoint?.port);
      const job = endpoint?.relabelings.find(({ targetLabel }) => targetLabel === 'job')?.replacement;
      expect(rules).toContain(job);
      return job;
    });
    expect(ofPods).toEqual(['caviar-api', 'caviar-worker']);
  });

  test('gives workers a place for copies of data sets, and the name of their machine', () => {
    const { containers, volumes } = named('Deployment', '-worker').spec.template.spec;
    const [worker] = containers;
    const home = worker?.env.find(({ name }) => name === 'CAVIAR_HOME')?.value;
    const mount = worker?.volumeMounts?.find(({ mountPath }) => mountPath === home);
    expect(volumes?.find(({ name }) => name === mount?.name)).toMatchObject({ emptyDir: { sizeLimit: '25Gi' } });
    expect(worker?.env.find(({ name }) => name === 'CAVIAR_HOST')?.valueFrom).toEqual({
      fieldRef: { fieldPath: 'spec.nodeName' },
    });
    const compose = parseAllDocuments(readFileSync(`${root}docker-compose.yml`, 'utf8'), { merge: true })[0]!.toJS();
    const written = compose.services.worker;
    expect(written.volumes).toEqual([`copies:${written.environment.CAVIAR_HOME}`]);
    expect(readFileSync(`${root}Dockerfile`, 'utf8')).toContain(`chown 1000:1000 ${written.environment.CAVIAR_HOME}`);
  });

  test('looks after workers as the image does', () => {
    const [worker] = named('Deployment', '-worker').spec.template.spec.containers;
    const check = worker?.livenessProbe?.exec?.command.at(-1) ?? '';
    expect(readFileSync(`${root}Dockerfile`, 'utf8')).toContain(check);
    expect(check).not.toBe('');
  });

  test('leaves the number of workers to KEDA, whose query counts open trials', async () => {
    expect(named('Deployment', '-worker').spec.replicas).toBeUndefined();
    const [trigger] = named('ScaledObject', '-worker').spec.triggers;
    const database = await createTestDatabase();
    const search = (id: string, columns: string, values: string) =>
      runSql(database.url, `INSERT INTO searches (id, name, spec${columns}) VALUES ('${id}', 'x', '{}'${values})`);
    const count = async () => {
      const [row] = (await runSql(database.url, trigger?.metadata.query ?? '')) as { coalesce: string }[];
      return Number(row?.coalesce);
    };
    try {
      expect(await count()).toBe(0);
      await search('srch_1', ', queued, running', ', 5, 2');
      await search('srch_2', ', queued, running, status', ", 3, 0, 'paused'");
      await search('srch_3', ', queued, running, status', ", 0, 1, 'cancelled'");
      await search('srch_4', ', queued, running, external', ', 7, 7, true');
      expect(await count()).toBe(8);
    } finally {
      await database.drop();
    }
  });

  test('asks for what it cannot do without', () => {
    const { status, stderr } = spawnSync(helm, ['template', 'x', 'deploy/helm/caviar'], { cwd: root });
    expect(status).not.toBe(0);
    expect(String(stderr)).toContain('databaseUrl (or existingSecret) must be set');
    expect(render('existingSecret=mine').map(({ kind }) => kind)).not.toContain('Secret');
  });
});
