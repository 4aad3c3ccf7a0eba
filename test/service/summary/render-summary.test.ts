import { describe, expect, it } from 'vitest';
import type { ViewKind } from '../../../src/encode/views/view-kind.js';
import { accountingLine, renderSummary } from '../../../src/service/summary/render-summary.js';
import { DRIFTED, SAMPLE } from './sample-summary.js';

const AT_80 = `
flights: 327,346 events of 4,037 customers, 2013-01-01 to 2013-12-31, in 12.3 s
(26,527 events/s)

Segments
  id  share            customers  curve  level  trend  inactive  name
  s1   75 %  ████████      3,028  ████       8    0 %       0 %  steady, high
  s2   25 %  ██▋           1,009  ▁▂▃█     2.5  +50 %     0.4 %  growing, low,
                                                                 with long
                                                                 silences

Models: 2 trained, 1 promoted
  v1  promoted, trained at window 4,037
    because: first fit
    the gate: nothing to compare with
  v2  refused, trained at window 20,185
    because: 4 window lengths
    the gate: no gain in held-out reconstruction
    views by weight: profile 0.46, level 0.00
    no view level: all 900 windows are alike in it
    numbers of segments by score: 4 (0.412), 3 (0.400), 2 (0.300), 5 (0.300); 2
      to 6 were tried

Drift: 3 of 24 reports
  assignment psi of all: 0.314 over 0.2 (high)

Alerts: 4
  3 anomaly, 1 silence
  c17 from 2024-01-01: usage was 31 a step in steps 5 to 6, where 1.2 was
    expected; run, score 7.25 (medium)

Events
  in 327,346 = accepted 327,290 + late 6 + duplicate 0 + dead-lettered 50 +
    quarantined 0 + skipped 0
  dead letters and quarantine: 40 incomplete, 10 invalid
  41,234 windows, 0 revisions, 41,234 assignments, 2,345 transitions, 12 windows
    cut short by the end, 0 customers evicted

Results
  segtide-out/x/
    assignments.ndjson (41,234), segments.ndjson (12)

Next
  who is where:    head -3 segtide-out/x/assignments.ndjson
  as a page:       segtide report segtide-out/x
  to look around:  segtide view --folder segtide-out/x
  your own events: segtide init FILE, then segtide run
`;

describe('renderSummary', () => {
  it('tells what was found and done', () => {
    expect(renderSummary(SAMPLE, { width: 80, color: false })).toBe(AT_80);
  });

  it('tells no rate where this process read nothing', () => {
    const resumed = renderSummary({ ...SAMPLE, eventsPerSecond: 0 }, { width: 120, color: false });
    expect(resumed).toContain('2013-12-31, in 12.3 s\n');
  });

  it('accounts for the customers whom no segment in force counts', () => {
    const missing = { ...SAMPLE, customers: 4037 + 125 + 39 + 2, evicted: 125, formerCustomers: 39 };
    const text =
      '\n  not among them: 125 evicted, 39 in segments that are no more, 2 without a final result of a model\n';
    expect(renderSummary(missing, { width: 120, color: false })).toContain(text);
    const evicted = { ...SAMPLE, customers: 4038, evicted: 1 };
    expect(renderSummary(evicted, { width: 120, color: false })).toContain('\n  not among them: 1 evicted\n');
  });

  it('says where labels are mapped and there is nothing to score', () => {
    const { input } = SAMPLE.config;
    const config = { ...SAMPLE.config, input: { ...input, fields: { ...input.fields, label: 'class' } } };
    expect(renderSummary({ ...SAMPLE, config }, { width: 120, color: false })).toContain(
      "Agreement with labels\n  unknown: no event with 'class' is in a window that the model in force assigned\n",
    );
    const models = SAMPLE.models.map((model) => ({ ...model, promoted: true, atWindow: SAMPLE.windows }));
    const text = renderSummary({ ...SAMPLE, config, models }, { width: 200, color: false }).replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'in a window that the model in force assigned; it took over after the last one: lower `model.firstFit` (',
    );
  });

  it.each([40, 60, 72, 80, 100, 200])('keeps within a terminal of %d columns, paths excepted', (width) => {
    const { drift, segments } = SAMPLE;
    const long = { ...SAMPLE, segments: [...segments, { ...segments[0]!, prototype: Array(168).fill(1) }], drift };
    const lines = renderSummary(long, { width, color: false })
      .split('\n')
      .filter((line) => !line.includes('segtide'));
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
  });

  it('keeps share, customers, curve and name at 60 columns', () => {
    const text = renderSummary(SAMPLE, { width: 60, color: false });
    expect(text).toContain('  s1   75 %      3,028  ████');
    expect(text).toContain('steady, high');
    expect(text).not.toContain('inactive');
  });

  it('advises no resumption of standard input, which is gone', () => {
    const piped = { ...SAMPLE, interrupted: true, identity: { ...SAMPLE.identity, input: ['-'] } };
    expect(renderSummary(piped, { width: 80, color: false })).not.toContain('--resume');
  });

  it('says one event, and that customers who left and came back may count again', () => {
    const events = { ...SAMPLE.events, in: 1, accepted: 1 };
    const one = renderSummary({ ...SAMPLE, events, customers: 1, windows: 1 }, { width: 100, color: false });
    expect(one).toContain('flights: 1 event of 1 customer,');
    expect(one).toContain('1 window,');
    const evicted = renderSummary({ ...SAMPLE, evicted: 5 }, { width: 100, color: false });
    expect(evicted).toContain('events of up to 4,037 customers');
    expect(evicted.replace(/\s+/g, ' ')).toContain('5 customers evicted (who came back counts again)');
  });

  it('uses colour only where it is asked for', () => {
    expect(renderSummary(SAMPLE, { width: 80, color: false })).not.toContain('\x1b');
    expect(renderSummary(SAMPLE, { width: 80, color: true })).toContain('\x1b[1mSegments\x1b[22m');
  });

  it('says so while there is no model', () => {
    const warming = {
      ...SAMPLE,
      segments: [],
      models: [],
      modelVersion: null,
      drift: { last: [], drifted: 0, reports: 0 },
    };
    const text = renderSummary(warming, { width: 100, color: false });
    expect(text).toContain('none yet: no model has been trained');
    expect(text).toContain('lower model.firstFit');
  });

  it('says that trainings failed, and advises no other settings for it', () => {
    const why = 'the training failed: The process ended by SIGKILL.';
    const models = SAMPLE.models.map((model) => ({ ...model, promoted: false, failed: true, why }));
    const failed = { ...SAMPLE, segments: [], models, modelVersion: null };
    const text = renderSummary(failed, { width: 100, color: false });
    expect(text).toContain('Models: 0 trained, 0 promoted, 2 trainings failed\n  v1  failed at window 4,037');
    expect(text).toContain(`    ${why}\n`);
    expect(text).toContain('every training failed');
    expect(text).not.toContain('lower model.firstFit');
  });

  it('does not say that no model was trained where those that were are refused', () => {
    const models = SAMPLE.models.map((model) => ({ ...model, promoted: false, why: 'nothing to segment' }));
    const refused = { ...SAMPLE, segments: [], models, modelVersion: null };
    const text = renderSummary(refused, { width: 100, color: false });
    expect(text).toContain('none yet: no model has been taken into force');
    expect(text.match(/the gate: .*/g)).toEqual(['the gate: nothing to segment', 'the gate: the same']);
    expect(text).toContain('no model yet:    the gate says why');
  });

  it('names views that tell nothing for the same reason in one line', () => {
    const [model] = SAMPLE.models;
    const alike = (kind: ViewKind) => ({ kind, weight: 0, degenerate: 'all 9 windows are alike in it' });
    const models = [{ ...model!, views: [alike('profile'), alike('level')] }];
    const text = renderSummary({ ...SAMPLE, models }, { width: 100, color: false });
    expect(text).toContain('    no view profile, level: all 9 windows are alike in it\n');
    expect(text).not.toContain('views by weight');
  });

  it('counts a provisional model apart', () => {
    const [first, ...others] = SAMPLE.models;
    const models = [{ ...first!, modelVersion: 'v0-abc' }, first!, ...others];
    const text = renderSummary({ ...SAMPLE, models }, { width: 100, color: false });
    expect(text).toContain('Models: 2 trained, 1 promoted, 1 provisional\n  v0-abc  promoted,');
  });

  it('names a model that the run started with where none was trained', () => {
    const text = renderSummary({ ...SAMPLE, models: [], modelVersion: 'v1-abc' }, { width: 100, color: false });
    expect(text).toContain('v1-abc  in force from the start; none was trained here');
  });

  it('shows five drift reports and counts the others', () => {
    const last = Array.from({ length: 8 }, (_, i) => ({ ...DRIFTED, subject: `s${i}` }));
    const text = renderSummary({ ...SAMPLE, drift: { ...SAMPLE.drift, last } }, { width: 100, color: false });
    expect(text.match(/psi of/g)).toHaveLength(5);
    expect(text).toContain('and 3 more');
  });

  it('tells what to look at when nothing could be read', () => {
    const events = { ...SAMPLE.events, in: 50, accepted: 0, late: 0 };
    const text = renderSummary({ ...SAMPLE, events }, { width: 100, color: false });
    expect(text).toContain('check input.fields and input.time');
  });

  it('tells what to do when most events are late', () => {
    const events = { ...SAMPLE.events, accepted: 6, late: 327_290 };
    expect(renderSummary({ ...SAMPLE, events }, { width: 100, color: false })).toContain('raise window.outOfOrderness');
  });

  it('tells how to go on after an interruption', () => {
    const text = renderSummary({ ...SAMPLE, interrupted: true }, { width: 100, color: false });
    expect(text).toContain('--resume --output segtide-out/x');
  });
});

describe('accountingLine', () => {
  it('says when the fates do not add up', () => {
    expect(accountingLine({ ...SAMPLE.events, late: 5 })).toContain('in 327,346 ≠ accepted 327,290 + late 5');
  });

  it('sends nobody with a config file to write one', () => {
    const text = renderSummary(SAMPLE, { width: 80, color: false, hasConfigFile: true });
    expect(text).toContain('segtide report segtide-out/x');
    expect(text).not.toContain('segtide init');
  });
});
