import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { ConfigProblem } from './problem.js';

/** A config file as written: its values, and where each of them stands. */
export interface YamlFile {
  /** The values; keys without a value are left out, as if not written. */
  readonly values: Record<string, unknown>;
  readonly problems: readonly ConfigProblem[];
  /** `file:line:column` of the key at `path`, or of the nearest one above it that is written. */
  where(path: readonly PropertyKey[]): string;
  /** Whether the key at `path` is written in the file. */
  has(path: readonly PropertyKey[]): boolean;
}

/** Reads a config file in YAML (JSON is YAML too). Never throws: what is wrong is listed. */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems: ConfigProblem[] = document.errors.map((error) => ({
    where: place(error.pos[0]),
    text: `not valid YAML: ${error.message.split('\n')[0]}`,
  }));
  let values: unknown;
  if (problems.length === 0) {
    try {
      values = withoutEmpty(document.toJS({ maxAliasCount: 100 }));
    } catch (error) {
      problems.push({ where: file, text: `not valid YAML: ${(error as Error).message}` });
    }
  }
  if (values !== undefined && (values === null || typeof values !== 'object' || Array.isArray(values))) {
    problems.push({ where: `${file}:1:1`, text: 'a config is made of sections such as `input:` and `window:`' });
    values = undefined;
  }
  return {
    values: (values ?? {}) as Record<string, unknown>,
    problems,
    where: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? file : place(offset);
    },
    has: (path) => document.hasIn(path),
  };
}

/** Offset of the deepest written part of `path`: of the key in a section, of the element in a list. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  let at: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (!isCollection(at)) break;
    const found = at.items.find((item, i) => (isPair(item) ? isScalar(item.key) && item.key.value === key : i === key));
    if (found === undefined) break;
    const named = (isPair(found) ? found.key : found) as Node | null;
    offset = named?.range?.[0] ?? offset;
    at = isMap(at) && isPair(found) ? found.value : found;
  }
  return offset;
}

/** Keys whose values were all commented out hold null; they mean "not given". */
function withoutEmpty(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .map(([key, child]) => [key, withoutEmpty(child)] as const)
    .filter(([, child]) => child !== undefined);
  return Object.fromEntries(entries);
}
