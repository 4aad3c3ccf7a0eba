import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Class path of the broker that pom.xml names. Maven copies the jars to `.cache/kafka/jars` the first time (some 55 MB);
 * a copy that is there already is used as it is.
 *
 * @throws when there is no copy and Maven is missing or fails
 */
export async function brokerClassPath(): Promise<string> {
  const jars = path.resolve(here, '../../../.cache/kafka/jars');
  if (!existsSync(jars)) await download(jars);
  const names = await readdir(jars);
  if (!names.some((name) => name.startsWith('kafka_2.13-'))) {
    throw new Error(`${jars} holds no Kafka; remove it so that Maven fetches it anew`);
  }
  return path.join(jars, '*');
}

async function download(jars: string): Promise<void> {
  // Into a folder of its own, then renamed: an interrupted download is never taken for a whole one.
  const partial = `${jars}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    await run('mvn', ['-q', '-B', '-f', path.join(here, 'pom.xml'), ...goal]);
    await rename(partial, jars);
  } catch (cause) {
    if (existsSync(jars)) return; // another test run was faster
    throw new Error("Maven could not fetch Kafka's jars; integration tests need Java 17, mvn and a Maven repository", {
      cause,
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
