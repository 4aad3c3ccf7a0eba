/** What one check found, and why, for whoever reads `/readyz`. */
export interface CheckResult {
  readonly ok: boolean;
  /** In words: what holds, or what is wrong and since when. */
  readonly detail: string;
}

/** `/readyz` as JSON. */
export interface ReadinessReport {
  readonly status: 'ready' | 'not ready';
  readonly checks: readonly (CheckResult & { readonly name: string })[];
}

/** Whether a process is fit for its work, from its start to its end. */
export interface Health {
  /** Adds a check, which is asked each time somebody wants to know. @returns removes it */
  add(name: string, check: () => CheckResult): () => void;
  /** It is told to stop: it is not ready from now on, while what is under way is finished. */
  stopping(): void;
  /** A part of it has failed, and the process is about to end: it is not ready from now on. */
  failed(part: string, why: string): void;
  report(): ReadinessReport;
}

/** Not ready until there is at least one check. */
export function createHealth(): Health {
  const checks = new Map<string, () => CheckResult>();
  const ends: ReadinessReport['checks'][number][] = [];
  return {
    add(name, check) {
      checks.set(name, check);
      return () => {
        if (checks.get(name) === check) checks.delete(name);
      };
    },
    stopping() {
      ends.push({ name: 'running', ok: false, detail: 'told to stop: what was read is being finished' });
    },
    failed(part, why) {
      ends.push({ name: part, ok: false, detail: `failed: ${why}` });
    },
    report() {
      const asked = Array.from(checks, ([name, check]) => ({ name, ...check() }));
      const starting = asked.length === 0 ? [{ name: 'started', ok: false, detail: 'starting' }] : [];
      const all = [...ends, ...starting, ...asked];
      return { status: all.every(({ ok }) => ok) ? 'ready' : 'not ready', checks: all };
    },
  };
}
