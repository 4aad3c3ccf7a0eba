import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/service/cli/program.js';

const LSTM = fileURLToPath(new URL('../../train/fixtures/lstm.safetensors', import.meta.url));

let folder: string;
let model: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-export-'));
  model = join(folder, 'lstm.safetensors');
  copyFileSync(LSTM, model);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('segtide models export', () => {
  it('writes the graph, and its manifest beside it', async () => {
    const { out, code } = await run([model]);
    expect(code).toBe(0);
    expect(out).toMatch(/^wrote model \S+ to .*lstm\.onnx, and its manifest to .*lstm\.onnx\.json\n$/);
    expect(readdirSync(folder).sort()).toEqual(['lstm.onnx', 'lstm.onnx.json', 'lstm.safetensors']);
    const manifest = JSON.parse(readFileSync(join(folder, 'lstm.onnx.json'), 'utf8'));
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, 'lstm.onnx')))
      .digest('hex');
    expect(manifest).toMatchObject({ format: 'segtide-onnx', opset: 17, sha256 });
    expect(manifest.outputs).toHaveLength(6);
  });

  it('prints the manifest as JSON, and leaves out what is not wanted', async () => {
    const path = join(folder, 'served', 'small.onnx');
    const { out } = await run([model, '--output', path, '--no-reconstruction', '--json']);
    const manifest = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
    expect(JSON.parse(out)).toEqual({ path, ...manifest });
    expect(manifest.outputs).toHaveLength(3);
  });

  it('writes over a file only where it is named, or by force', async () => {
    const path = join(folder, 'lstm.onnx');
    writeFileSync(path, 'of another model');
    expect(await run([model])).toMatchObject({ code: 4, err: expect.stringContaining('--force') });
    expect(readFileSync(path, 'utf8')).toBe('of another model');
    expect((await run([model, '--output', path, '--quiet'])).out).toBe('');
    expect((await run([model, '--force'])).code).toBe(0);
    expect(await run([model, '--output', model])).toMatchObject({
      code: 2,
      err: expect.stringContaining('overwritten'),
    });
  });

  it('says what it can not read', async () => {
    expect((await run([join(folder, 'none')])).code).toBe(3);
    writeFileSync(model, 'no model');
    expect(await run([model])).toMatchObject({ code: 5, err: expect.stringContaining('no model of segtide') });
  });
});

async function run(args: readonly string[]) {
  let out = '';
  let err = '';
  const code = await main(['models', 'export', ...args], {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    env: {},
    now: () => 0,
  });
  return { out, err, code };
}
