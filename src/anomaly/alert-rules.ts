import { SegtideError } from '../errors.js';
import type { JudgedWindows, RuleVerdict } from '../plugin/alert-rule-plugin.js';
import { askInParts, MOST_HALTS } from '../plugin/ask-in-parts.js';
import { openPlugin, type RunningPlugin } from '../plugin/open-plugin.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import { sliceOfJudged } from '../plugin/slice-of-judged.js';

/** Alert rules of the user's own, each in its thread. */
export interface AlertRules {
  readonly names: readonly string[];
  /**
   * Asks every rule about windows. One that a rule throws or hangs on, or says something odd of, is as if it had said
   * nothing: the others are judged as always.
   *
   * @returns by rule, in the order of `names`, a verdict or null for each window
   * @throws SegtideError `output` where a rule hangs or ends its thread call after call: it takes no more
   */
  judge(windows: JudgedWindows): Promise<readonly (readonly (RuleVerdict | null)[])[]>;
  close(): Promise<void>;
}

/** Windows that a rule is asked about at once. */
const MOST_ROWS = 256;

/** @param onFailure told of each window that a rule could not judge */
export function openAlertRules(plugins: readonly PluginModule[], onFailure: (error: SegtideError) => void): AlertRules {
  const rules = plugins.map((plugin) => ({
    name: plugin.name,
    running: openPlugin(plugin, 'alert-rule', 'output', { mostHalts: MOST_HALTS }),
  }));

  async function judgeBy(
    { name, running }: { readonly name: string; readonly running: RunningPlugin },
    windows: JudgedWindows,
  ): Promise<readonly (RuleVerdict | null)[]> {
    const verdicts: (RuleVerdict | null)[] = [];
    for (let from = 0; from < windows.length; from += MOST_ROWS) {
      await askInParts(running, from, Math.min(windows.length, from + MOST_ROWS), {
        ask: async (first, end) => {
          const given = await running.call('judge', [sliceOfJudged(windows, first, end)]);
          verdicts.push(...checkVerdicts(given, end - first, name));
        },
        lose: (_, error) => {
          onFailure(error);
          verdicts.push(null);
        },
      });
    }
    return verdicts;
  }

  return {
    names: rules.map(({ name }) => name),
    judge: (windows) => Promise.all(rules.map((rule) => judgeBy(rule, windows))),
    close: async () => {
      await Promise.all(rules.map(({ running }) => running.close()));
    },
  };
}

const SEVERITIES: readonly unknown[] = ['low', 'medium', 'high'] satisfies NonNullable<RuleVerdict['severity']>[];

function checkVerdicts(given: unknown, length: number, name: string): readonly (RuleVerdict | null)[] {
  const refuse = (what: string): SegtideError =>
    new SegtideError('output', `the plug-in ${name} must give ${what} from judge()`);
  if (!Array.isArray(given) || given.length !== length) {
    const got = Array.isArray(given) ? `${given.length}` : typeof given;
    throw refuse(`a list of ${length}, a verdict or null for each window, and gave ${got},`);
  }
  // A list may have holes.
  return Array.from(given, (verdict: unknown) => {
    if (verdict == null) return null;
    const { text, severity = 'medium', score = 1, threshold = 1 } = verdict as Partial<RuleVerdict>;
    if (typeof text !== 'string' || text === '') throw refuse('a sentence, `text`, with each verdict');
    if (!SEVERITIES.includes(severity))
      throw refuse(`low, medium or high as \`severity\`, and not ${String(severity)},`);
    if (!Number.isFinite(score) || !Number.isFinite(threshold))
      throw refuse('finite numbers as `score` and `threshold`');
    return { text, severity, score, threshold };
  });
}
