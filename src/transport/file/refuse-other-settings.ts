import { SegtideError } from '../../errors.js';

/** Settings that shaped a state, by name, as plain JSON. */
export type StateSettings = { readonly [name: string]: unknown };

/**
 * Refuses to go on with what other settings have made.
 *
 * @param what begins the error: `The checkpoint x.bin was saved`
 * @param path of what was saved
 * @throws SegtideError 'state' that names the settings that differ
 */
export function refuseOtherSettings(what: string, path: string, saved: StateSettings, now: StateSettings): void {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(now)])].sort();
  const differing = names.filter((name) => toCanonicalJson(saved[name]) !== toCanonicalJson(now[name]));
  if (differing.length === 0) return;
  const list = differing.map((name) => `${name} (${toCanonicalJson(saved[name])}, now ${toCanonicalJson(now[name])})`);
  const text = `${what} with other settings: ${list.join(', ')}.`;
  throw new SegtideError('state', `${text} Set them back, or start afresh in a new output folder.`, {
    context: { path },
  });
}

/** JSON with sorted keys: the order in which settings are written says nothing. */
function toCanonicalJson(value: unknown): string {
  const text = JSON.stringify(value, (_, at: unknown) =>
    typeof at === 'object' && at !== null && !Array.isArray(at)
      ? Object.fromEntries(Object.entries(at).sort(([a], [b]) => (a < b ? -1 : 1)))
      : at,
  );
  return text ?? 'not set';
}
