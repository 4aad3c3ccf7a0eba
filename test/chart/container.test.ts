import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const dockerfile = read('Dockerfile');
const hadolint = (text: string) =>
  spawnSync(join(inject('chartTools'), 'bin/hadolint'), ['-'], { input: text, encoding: 'utf8' });

describe('the Dockerfile', () => {
  it('has nothing that hadolint would change', () => {
    const { stdout, status } = hadolint(dockerfile);
    expect(stdout).toBe('');
    expect(status).toBe(0);
    expect(hadolint(dockerfile.replace(/^FROM node:\S+/m, 'FROM node')).stdout).toContain('DL3006');
  });

  it('stands on versions, of which that of Rust is the pinned one', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\w+):(\d+\.\d+\.\d+)-/gm)].map(([, name, version]) => [
      name,
      version,
    ]);
    expect(bases.map(([name]) => name)).toEqual(['rust', 'node', 'node']);
    expect(bases[0]![1]).toBe(/channel = "(.*)"/.exec(read('kernel/rust-toolchain.toml'))![1]);
    expect(bases[1]).toEqual(bases[2]);
  });

  it('builds page and command as `npm run build` does', () => {
    const [, build] = /^rimraf dist && (.+) && node kernel/.exec(JSON.parse(read('package.json')).scripts.build)!;
    expect(dockerfile).toContain(`RUN ${build}\n`);
  });

  it('runs as a user who is not root, and brings the native engine', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    expect(dockerfile).toMatch(/^COPY --from=kernel \S+\.so \.\/kernel\/segtide-kernel\.node$/m);
  });

  it('asks for health where worker, trainer or view answer, and fails where none does', async () => {
    const [, check] = /^ {4}CMD (\[.+\])$/m.exec(dockerfile)!;
    const [, ...args] = JSON.parse(check!) as string[];
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/healthz' ? 200 : 500;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const asked = async (path: string): Promise<number> => {
      const script = args[1]!.replace('9464/healthz', `${port}${path}`).replace('8750/', '1/');
      const [status] = await once(spawn(process.execPath, ['-e', script]), 'exit');
      return status as number;
    };
    expect(await asked('/healthz')).toBe(0);
    expect(await asked('/elsewhere')).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await asked('/healthz')).toBe(1);
  });
});

describe('docker-compose.yml', () => {
  // Its dialect and ids are written in ways that no validator knows.
  const text = readFileSync(join(inject('chartTools'), 'definitions/compose_spec.json'), 'utf8');
  const schema = JSON.parse(text.replaceAll(/"(\$schema|id)": "[^"]*",/g, ''));
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const compose = parse(read('docker-compose.yml'), { merge: true });

  it('is what Compose takes', () => {
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...compose, services: { ...compose.services, worker: { imagee: 'segtide' } } })).toBe(false);
  });

  it('gives Grafana the same dashboard as the chart', () => {
    expect(compose.services.grafana.volumes).toContain('./config/grafana/dashboards:/etc/grafana/dashboards:ro');
    const { providers } = parse(read('config/grafana/provisioning/dashboards/segtide.yml'));
    expect(providers).toMatchObject([{ type: 'file', options: { path: '/etc/grafana/dashboards' } }]);
    expect(compose.services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(
      '/etc/grafana/dashboards/segtide.json',
    );
  });
});
