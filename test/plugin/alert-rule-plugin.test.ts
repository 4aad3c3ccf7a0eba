import { describe, expect, it } from 'vitest';
import { openAlertRules } from '../../src/anomaly/alert-rules.js';
import { alertRulePluginContract } from '../../src/contract/alert-rule-contract.js';
import type { AlertRulePlugin, JudgedWindows } from '../../src/plugin/alert-rule-plugin.js';
import type { PluginModule } from '../../src/plugin/plugin-module.js';
import { describeContract } from '../contract/describe-contract.js';
import { pluginOf } from './plugin-of.js';

const TEMPLATE = new URL('../../config/plugins/alert-rule.mjs', import.meta.url).href;
const { default: template } = (await import(TEMPLATE)) as { readonly default: AlertRulePlugin };
describeContract('the template of an alert rule', alertRulePluginContract(template));
describeContract(
  'the template of an alert rule, of other windows',
  alertRulePluginContract(template, { steps: 7, channels: 3 }),
);

/** Windows of one step, whose value is their number. */
function numbered(length: number): JudgedWindows {
  return {
    ...{ length, steps: 1, channels: 1, channelNames: ['usage'], modelVersion: 'v1' },
    customerIds: Array.from({ length }, (_, i) => `c${i}`),
    starts: new Float64Array(length),
    ends: new Float64Array(length).fill(1000),
    values: Float32Array.from({ length }, (_, i) => i),
    mask: new Uint8Array(length),
    segmentIds: Array.from({ length }, (_, i) => `s${i % 3}`),
    distances: Float32Array.from({ length }, (_, i) => i / 2),
    margins: new Float32Array(length),
    reconstructionErrors: new Float32Array(length),
  };
}

/** Tells all that it is shown of each tenth window, but for what `body` does before. */
function tenths(body = ''): string {
  return `export default {
    kind: 'alert-rule',
    judge(windows) {
      const { length, values, customerIds, segmentIds, distances } = windows;
      ${body}
      return Array.from({ length }, (_, i) => values[i] % 10 === 0
        ? { text: [customerIds[i], segmentIds[i], distances[i]].join(' '), score: values[i], threshold: 5 } : null);
    },
  };`;
}

async function judge(plugins: readonly PluginModule[], length: number, told: string[] = []) {
  const rules = openAlertRules(plugins, ({ message }) => told.push(message));
  try {
    return await rules.judge(numbered(length));
  } finally {
    await rules.close();
  }
}

describe('alert rules of one’s own', () => {
  it('judge every window in order, each rule by itself', async () => {
    const none = {
      ...pluginOf("export default { kind: 'alert-rule', judge: ({ length }) => Array(length) };"),
      name: 'none',
    };
    const [own, others] = await judge([pluginOf(tenths()), none], 700);
    expect(own!.length).toBe(700);
    expect(own!.flatMap((verdict, i) => (verdict === null ? [] : [i]))).toEqual(
      Array.from({ length: 70 }, (_, i) => 10 * i),
    );
    expect(own![340]).toEqual({ text: 'c340 s1 170', severity: 'medium', score: 340, threshold: 5 });
    expect(others).toEqual(Array.from({ length: 700 }, () => null));
  });

  it.each([
    ['throws', "throw new Error('odd');", /^the plug-in own threw in judge\(\): odd/],
    ['gives too few', 'return Array(length - 1).fill(null);', /a list of 1, .* and gave 0,/],
    ['gives no list', 'return null;', /a list of 1, .* and gave object,/],
    ['gives what threads can not send', 'return [() => 1];', /could not be cloned/],
    ['gives no text', 'return Array(length).fill({ severity: "low" });', /a sentence, `text`/],
    ['gives another severity', 'return Array(length).fill({ text: "odd", severity: "dire" });', /and not dire/],
    ['gives NaN', 'return Array(length).fill({ text: "odd", score: NaN });', /finite numbers/],
  ])('tell nothing of the window alone on which one %s', async (_, body, text) => {
    const odd = `const marked = [30, 270];
      if (length === 1 ? marked.includes(values[0]) : values.some((value) => marked.includes(value))) { ${body} }`;
    const told: string[] = [];
    const [verdicts] = await judge([pluginOf(tenths(odd))], 300, told);
    const expected = Array.from({ length: 30 }, (_, i) => 10 * i).filter((i) => i !== 30 && i !== 270);
    expect(verdicts!.flatMap((verdict, i) => (verdict === null ? [] : [i]))).toEqual(expected);
    expect(told).toEqual([expect.stringMatching(text), expect.stringMatching(text)]);
  });

  it.each([
    ['hangs', 'for (;;);', /did not come back from judge\(\) within 3 s/],
    ['exits', 'process.exit(0);', /ended its thread/],
  ])('tell nothing of the window alone on which one %s', async (_, body, text) => {
    const told: string[] = [];
    const plugin = { ...pluginOf(tenths(`if (values.includes(20)) { ${body} }`)), timeLimitMs: 3000 };
    const [verdicts] = await judge([plugin], 50, told);
    expect(verdicts!.flatMap((verdict, i) => (verdict === null ? [] : [i]))).toEqual([0, 10, 30, 40]);
    expect(told).toEqual([expect.stringMatching(text)]);
  });

  it('are the end of the stream where one ends its thread whatever it is asked', async () => {
    await expect(judge([pluginOf(tenths('process.exit(0);'))], 9)).rejects.toMatchObject({
      code: 'output',
      message: 'the plug-in own ended its thread; it must not exit the process',
    });
  });
});
