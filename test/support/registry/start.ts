import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../free-ports.js';
import { mavenCache } from '../maven-cache.js';

/** One real schema registry, empty, that keeps what it is told in memory. */
export interface SchemaRegistry {
  /** Of the interface that Confluent's registry has. */
  readonly url: string;
  /** Stops its process where it stands, so that it answers nobody; `resume` lets it go on. */
  suspend(): void;
  resume(): void;
  remove(): Promise<void>;
}

/** Starts Apicurio Registry, which Maven fetches to `.cache/` once (140 MB), and waits until it answers. */
export async function startRegistry(): Promise<SchemaRegistry> {
  const app = await mavenCache('apicurio-registry', (folder) => [
    'dependency:unpack',
    '-Dartifact=io.apicurio:apicurio-registry-app:2.6.13.Final:tar.gz:all',
    `-DoutputDirectory=${folder}`,
  ]);
  const jar = (await readdir(app)).find((name) => name.endsWith('-runner.jar'));
  if (jar === undefined) throw new Error(`${app} holds no registry; remove it so that Maven fetches it anew`);
  const folder = await mkdtemp(path.join(tmpdir(), 'segtide-registry-'));
  const log = path.join(folder, 'registry.log');
  const output = await open(log, 'a');
  const [port] = await freePorts(1);
  const java = spawn(
    'java',
    [
      ...['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
      ...['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`, '-jar', path.join(app, jar)],
    ],
    { stdio: ['ignore', output.fd, output.fd] },
  );
  await output.close();
  // A test run that is interrupted must not leave a registry behind.
  process.once('exit', () => java.kill('SIGKILL'));
  const registry: SchemaRegistry = {
    url: `http://127.0.0.1:${port}/apis/ccompat/v7`,
    suspend: () => void java.kill('SIGSTOP'),
    resume: () => void java.kill('SIGCONT'),
    async remove() {
      if (java.exitCode === null && java.signalCode === null) {
        const exited = once(java, 'exit');
        java.kill('SIGKILL');
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(registry.url, java, log);
  } catch (error) {
    await registry.remove();
    throw error;
  }
  return registry;
}

async function untilReady(url: string, java: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; attempt < 900 && java.exitCode === null && java.signalCode === null; attempt++) {
    const response = await fetch(`${url}/subjects`).catch(() => undefined); // not yet
    if (response?.ok) return;
    await sleep(100);
  }
  const tail = (await readFile(log, 'utf8')).split('\n').slice(-20).join('\n');
  throw new Error(`the schema registry at ${url} did not start; the end of its log:\n${tail}`);
}
