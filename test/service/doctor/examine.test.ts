import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/service/cli/package-path.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { checkOutput } from '../../../src/service/doctor/check-output.js';
import { examine, isAtLeast } from '../../../src/service/doctor/examine.js';
import { vectorFeatures } from '../../../src/service/doctor/inspect-machine.js';
import { renderDoctor } from '../../../src/service/summary/render-doctor.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

const now = () => performance.now();
const config = (path: string, engine = 'auto') =>
  loadConfig({ file: { path: 'a.yaml', text: `{ output: { path: '${path}' }, encoder: { engine: ${engine} } }` } });

describe('examine', () => {
  it('finds an engine that runs, tries it, and says what it found', async () => {
    const report = await examine(undefined, now);
    expect(report).toMatchObject({ ready: true, problems: [], output: null });
    const { name } = report.engine!;
    expect(report.engines.find((engine) => engine.name === name)!.runs).toBe(true);
    for (const engine of report.engines) expect(engine.runs ? engine.description : engine.reason).not.toBe('');
    expect(report.selfTest!.agrees).toBe(true);
    expect(report.selfTest!.windowsPerSecond).toBeGreaterThan(0);
    expect(report.machine.freeMemoryBytes).toBeLessThanOrEqual(report.machine.memoryBytes);
    const text = renderDoctor(report, { width: 80, color: false });
    expect(text).toMatch(/segtide \d+\.\d+\.\d+: ready/);
    expect(text).toContain('agrees with js');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('runs the engine that a config names, and says where it does not run', async () => {
    expect((await examine(config(folder, 'js'), now)).engine).toEqual({ name: 'js', why: 'encoder.engine names it' });
    const { engines } = await examine(undefined, now);
    for (const absent of engines.filter(({ runs }) => !runs)) {
      const report = await examine(config(folder, absent.name), now);
      expect(report).toMatchObject({ ready: false, engine: null, problems: [{ code: 'config' }] });
      expect(renderDoctor(report, { width: 80, color: false })).toMatch(/not ready[\s\S]*which does not run here/);
    }
  });

  it('tries engines with the threads that a config gives them', async () => {
    const text = '{ encoder: { threads: 2 } }';
    const { engines } = await examine(loadConfig({ file: { path: 'a.yaml', text } }), now);
    for (const report of engines) {
      if (report.name === 'native' && report.runs) expect(report.description).toContain('2 threads');
    }
  });

  it('tells which optional packages are installed, also those that do not export their manifest', async () => {
    const { optionalPackages } = await examine(undefined, now);
    const { devDependencies } = JSON.parse(await readFile(packagePath('package.json'), 'utf8'));
    expect(optionalPackages).toContainEqual({ name: 'onnxruntime-web', version: devDependencies['onnxruntime-web'] });
  });

  it('looks at the output folder of a config', async () => {
    const good = await examine(config(join(folder, 'a', 'b')), now);
    expect(good).toMatchObject({ ready: true, output: { writable: true, reason: null } });
    await writeFile(join(folder, 'file'), '');
    const bad = await examine(config(join(folder, 'file', 'b')), now);
    expect(bad).toMatchObject({ ready: false, output: { writable: false }, problems: [{ code: 'output' }] });
  });
});

describe('checkOutput', () => {
  it('tells of folders that are there and that are not, and leaves nothing', async () => {
    await mkdir(join(folder, 'there'));
    expect(await checkOutput(join(folder, 'there'))).toMatchObject({ writable: true, freeBytes: expect.any(Number) });
    expect(await checkOutput(join(folder, 'new', 'deep'))).toMatchObject({ writable: true });
    expect(await readdir(folder)).toEqual(['there']);
    expect(await readdir(join(folder, 'there'))).toEqual([]);
  });

  it('is not misled by rights where nothing can be written', async () => {
    const { writable, reason } = await checkOutput('/proc/segtide');
    expect(writable).toBe(false);
    expect(reason).toMatch(/^Cannot write \/proc\/segtide: /);
  });
});

describe('vectorFeatures', () => {
  it('names what the processor has, as far as the system tells', () => {
    expect(vectorFeatures('x64', () => ['fpu', 'sse4_2', 'avx', 'avx2', 'fma'])).toEqual([
      'SSE4.2',
      'AVX',
      'AVX2',
      'FMA',
    ]);
    expect(vectorFeatures('x64', () => undefined)).toBeNull();
    expect(vectorFeatures('arm64', () => undefined)).toEqual(['NEON']);
  });
});

describe('isAtLeast', () => {
  it('compares versions part by part, as numbers', () => {
    expect(['20.19.0', '20.19.1', '21.0.0', '100.0.0'].map((v) => isAtLeast(v, '20.19.0'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['20.18.9', '20.9.0', '9.99.99'].map((v) => isAtLeast(v, '20.19.0'))).toEqual([false, false, false]);
  });
});
