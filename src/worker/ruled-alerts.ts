import type { Alert } from '../anomaly/alert.js';
import type { AlertRules } from '../anomaly/alert-rules.js';
import { rowsToJudge, toJudgedWindows } from '../anomaly/judged-windows.js';
import { createRuleCooldowns, type RuleCooldownsSnapshot } from '../anomaly/rule-cooldowns.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { Scored } from './scorer.js';

/** Rows for which each rule of the user's own raised an alert. */
export type RuledRows = Readonly<Record<string, Uint32Array>>;

/** Asks the user's own rules about windows, and remembers whom they told of. */
export interface RuledAlerts {
  judge(scored: Scored, emittedAt: number | 'windowEnd'): Promise<{ alerts: Alert[]; ruled: RuledRows | undefined }>;
  /** Takes note of alerts that were raised before a restart. @returns how many */
  recall(windows: WindowBatch, ruled: RuledRows): number;
  forget(slots: Uint32Array): void;
  snapshot(): RuleCooldownsSnapshot | undefined;
}

export interface RuledAlertsOptions {
  /** @default none are asked */
  readonly rules: AlertRules | undefined;
  readonly cooldownMs: number;
  /** Names of the channels. */
  readonly channels: readonly string[];
}

export function createRuledAlerts(
  { rules, cooldownMs, channels }: RuledAlertsOptions,
  from?: RuleCooldownsSnapshot,
): RuledAlerts {
  const cooldowns = createRuleCooldowns(cooldownMs, from);
  return {
    async judge({ series: { windows }, assignments }, emittedAt) {
      const rows = rules === undefined || rules.names.length === 0 ? [] : rowsToJudge(windows);
      if (rules === undefined || rows.length === 0) return { alerts: [], ruled: undefined };
      const verdicts = await rules.judge(toJudgedWindows(windows, assignments, rows, channels));
      const alerts: Alert[] = [];
      const ruled: Record<string, Uint32Array> = {};
      for (const [r, rule] of rules.names.entries()) {
        const raised: number[] = [];
        for (const [i, row] of rows.entries()) {
          const verdict = verdicts[r]![i];
          const windowEnd = windows.ends[row]!;
          if (verdict == null || !cooldowns.observe(rule, windows.customers[row]!, windowEnd)) continue;
          raised.push(row);
          const { text, severity = 'medium', score = 1, threshold = 1 } = verdict;
          const customerId = windows.ids.text(windows.customers[row]!);
          const windowStart = windows.starts[row]!;
          alerts.push({
            alertId: `rule/${rule}/${customerId}/${windowStart}`,
            kind: 'rule',
            severity,
            status: 'confirmed',
            customerId,
            segmentId: assignments?.model.segmentIds[assignments.nearest[row]!] ?? null,
            windowStart,
            windowEnd,
            knownUntil: windowEnd,
            score,
            threshold,
            cause: rule,
            explanation: { text, parts: [], steps: [] },
            modelVersion: assignments?.model.modelVersion ?? null,
            centroidEpoch: assignments?.model.centroidEpoch ?? null,
            emittedAt: emittedAt === 'windowEnd' ? windowEnd : emittedAt,
          });
        }
        if (raised.length > 0) ruled[rule] = Uint32Array.from(raised);
      }
      return { alerts, ruled: alerts.length === 0 ? undefined : ruled };
    },
    recall(windows, ruled) {
      let count = 0;
      for (const [rule, rows] of Object.entries(ruled)) {
        for (const row of rows) cooldowns.observe(rule, windows.customers[row]!, windows.ends[row]!);
        count += rows.length;
      }
      return count;
    },
    forget: (slots) => cooldowns.forget(slots),
    snapshot: () => cooldowns.snapshot(),
  };
}
