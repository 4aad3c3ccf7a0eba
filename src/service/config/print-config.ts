import { stringify } from 'yaml';
import { formatDuration } from '../../numeric/duration.js';
import { shapeAt } from './config-shape.js';
import { maskSecrets } from './mask-secrets.js';
import type { Config } from './schema.js';

/** A config, or some of its keys, as YAML that loads again (but for its masked secrets), durations as text. */
export function printConfig(config: Config | Readonly<Record<string, unknown>>): string {
  return stringify(readable(maskSecrets(config), []), { lineWidth: 0 });
}

function readable(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item, i) => readable(item, [...path, String(i)]));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, readable(child, [...path, key])]));
  }
  const unit = shapeAt(path)?.unit;
  return typeof value === 'number' && (unit === 'duration' || unit === 'step') ? formatDuration(value) : value;
}
