import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { PluginModule } from '../../src/plugin/plugin-module.js';

/** A plug-in called `own`, of this text, for the length of a test. */
export function pluginOf(text: string, fields: Partial<PluginModule> = {}): PluginModule {
  const folder = mkdtempSync(join(tmpdir(), 'segtide-plugin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'own.mjs');
  writeFileSync(path, text);
  return { name: 'own', module: pathToFileURL(path).href, timeLimitMs: 60_000, ...fields };
}
