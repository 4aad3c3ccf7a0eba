import { type Shape, shapeAt } from './config-shape.js';

/** What is shown in place of a secret. */
const MASK = '********';

/** A copy of a config, or of a part of it, with every secret replaced. */
export function maskSecrets(value: unknown, path: readonly string[] = []): unknown {
  const shape: Shape | undefined = shapeAt(path);
  if (shape?.secret === true && value !== undefined) return MASK;
  if (Array.isArray(value)) return value.map((item, i) => maskSecrets(item, [...path, String(i)]));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, maskSecrets(child, [...path, key])]));
}

/** The secrets of a config, or of a part of it. */
export function secretsOf(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value === 'string') return shapeAt(path)?.secret === true ? [value] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) => secretsOf(child, [...path, key]));
}
