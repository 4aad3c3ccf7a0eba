import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mavenCache } from '../maven-cache.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Class path of the broker that pom.xml names. Maven copies the jars to `.cache/kafka/jars` the first time (some 55 MB);
 * a copy that is there already is used as it is.
 *
 * @throws when there is no copy and Maven is missing or fails
 */
export async function brokerClassPath(): Promise<string> {
  const jars = await mavenCache('kafka/jars', (folder) => [
    ...['-f', path.join(here, 'pom.xml')],
    ...['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`],
  ]);
  const names = await readdir(jars);
  if (!names.some((name) => name.startsWith('kafka_2.13-'))) {
    throw new Error(`${jars} holds no Kafka; remove it so that Maven fetches it anew`);
  }
  return path.join(jars, '*');
}
