/** When each customer raised its last alert of each rule of the user's own. */
export interface RuleCooldowns {
  /** Whether the customer may raise another one; takes note of it if so. */
  observe(rule: string, slot: number, knownUntil: number): boolean;
  /** Forgets customers that left. */
  forget(slots: Uint32Array): void;
  /** Undefined where nothing is remembered. */
  snapshot(): RuleCooldownsSnapshot | undefined;
}

/** By rule and slot, epoch ms; 0 for never. */
export type RuleCooldownsSnapshot = Readonly<Record<string, Float64Array>>; // (slots)

export function createRuleCooldowns(cooldownMs: number, from: RuleCooldownsSnapshot = {}): RuleCooldowns {
  const raised = new Map(Object.entries(from).map(([rule, times]) => [rule, Float64Array.from(times)]));
  const timesOf = (rule: string, slot: number): Float64Array => {
    const times = raised.get(rule);
    if (times !== undefined && slot < times.length) return times;
    const grown = new Float64Array(Math.max(1024, slot + 1, 2 * (times?.length ?? 0)));
    grown.set(times ?? []);
    raised.set(rule, grown);
    return grown;
  };
  return {
    observe(rule, slot, knownUntil) {
      const times = timesOf(rule, slot);
      const since = times[slot]!;
      if (since !== 0 && knownUntil < since + cooldownMs) return false;
      times[slot] = knownUntil;
      return true;
    },
    forget(slots) {
      for (const times of raised.values()) for (const slot of slots) if (slot < times.length) times[slot] = 0;
    },
    snapshot: () =>
      raised.size === 0 ? undefined : Object.fromEntries(Array.from(raised, ([k, v]) => [k, trimmed(v)])),
  };
}

/** Without the slots at the end that nothing is remembered of. */
function trimmed(times: Float64Array): Float64Array {
  let slots = times.length;
  while (slots > 0 && times[slots - 1] === 0) slots--;
  return times.slice(0, slots);
}
