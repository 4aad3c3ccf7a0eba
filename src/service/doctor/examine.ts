import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ONNX_RUNTIMES } from '../../encode/onnx/load-onnx-runtime.js';
import { TFJS_RUNTIMES, TFJS_WASM } from '../../encode/tfjs/load-tfjs-runtime.js';
import { inspectEngines } from '../../encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../../encode/vrae/vrae-options.js';
import { packageVersion } from '../cli/package-path.js';
import type { Config } from '../config/schema.js';
import { checkEncoderRuntime } from '../run/check-encoder-runtime.js';
import { settleStateFolder } from '../run/state-folder.js';
import { checkOutput } from './check-output.js';
import type { DoctorProblem, DoctorReport, SelfTest } from './doctor-report.js';
import { inspectMachine } from './inspect-machine.js';
import { testEngine } from './test-engine.js';

/**
 * Looks at all that segtide needs, and tries the engine that would run.
 *
 * @param config undefined: the defaults, and no output folder to look at
 * @param now monotonic time, ms
 */
export async function examine(config: Config | undefined, now: () => number): Promise<DoctorReport> {
  const problems: DoctorProblem[] = [];
  const { node } = process.versions;
  if (!isAtLeast(node, NODE_NEEDED)) {
    problems.push({ code: 'unexpected', text: `Node ${node} is too old; ${NODE_NEEDED} or later is needed` });
  }
  const engines = await inspectEngines({ threads: config?.encoder.threads ?? 1 });
  const wanted = config?.encoder.engine ?? 'auto';
  const engine = chooseEngine(engines, wanted);
  let selfTest: SelfTest | null = null;
  if (engine === null) {
    const report = engines.find(({ name }) => name === wanted);
    const why = report?.runs === false ? report.reason : 'there is none';
    problems.push({ code: 'config', text: `encoder.engine is ${wanted}, which does not run here: ${why}` });
  } else {
    try {
      selfTest = await testEngine(engine.name, now);
      if (!selfTest.agrees) {
        const text = `the engine ${engine.name} computes wrongly: embeddings are off by ${selfTest.difference}; set encoder.engine to js`;
        problems.push({ code: 'encoder', text });
      }
    } catch (error) {
      problems.push({ code: 'encoder', text: `the engine ${engine.name} fails: ${(error as Error).message}` });
    }
  }
  if (config !== undefined) {
    await checkEncoderRuntime(config).catch((error: Error) => problems.push({ code: 'config', text: error.message }));
  }
  const folder = config && outputFolder(config);
  const output = folder === undefined ? null : await checkOutput(folder);
  if (output?.reason != null) problems.push({ code: 'output', text: output.reason });
  return {
    ready: problems.length === 0,
    problems,
    version: packageVersion(),
    node: { version: node, needed: NODE_NEEDED },
    machine: inspectMachine(),
    engines,
    engine,
    selfTest,
    optionalPackages: OPTIONAL_PACKAGES.map((name) => ({ name, version: installedVersion(name) })),
    output,
  };
}

const NODE_NEEDED = '20.19.0';
const OPTIONAL_PACKAGES = [...TFJS_RUNTIMES, TFJS_WASM, ...ONNX_RUNTIMES];

export function isAtLeast(version: string, needed: string): boolean {
  const [a, b] = [version, needed].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  for (const [i, part] of b!.entries()) if (a![i] !== part) return a![i]! > part;
  return true;
}

function chooseEngine(engines: DoctorReport['engines'], wanted: VraeEngine): DoctorReport['engine'] {
  const running = engines.filter(({ runs }) => runs);
  if (wanted !== 'auto') {
    const named = running.find(({ name }) => name === wanted);
    return named === undefined ? null : { name: named.name, why: 'encoder.engine names it' };
  }
  const [first] = running;
  if (first === undefined) return null;
  const passedOver = engines.slice(0, engines.indexOf(first)).map(({ name }) => name);
  const why = passedOver.length === 0 ? 'the first choice' : `the next choice after ${passedOver.join(' and ')}`;
  return { name: first.name, why };
}

function outputFolder(config: Config): string | undefined {
  const { output } = settleStateFolder(config);
  return output.path ?? (output.kind === 'directory' ? 'segtide-out' : undefined);
}

/** Reads manifests from disk, since a package may not export its own. */
function installedVersion(name: string): string | null {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown };
      return typeof version === 'string' ? version : null;
    } catch {
      // It is not in this folder; the next may have it.
    }
  }
  return null;
}
