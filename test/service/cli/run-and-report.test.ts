import { afterEach, describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { runAndReport } from '../../../src/service/cli/run-and-report.js';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import type { RunFromConfig } from '../../../src/service/run-from-config.js';
import { SAMPLE } from '../summary/sample-summary.js';

const finishes: RunFromConfig = async () => SAMPLE;

afterEach(() => {
  // A run that was stopped listens on, for the process is on its way out.
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
});

describe('runAndReport', () => {
  it('prints the summary on standard output', async () => {
    const { out, code } = await report({}, finishes);
    expect(out).toContain('flights: 327,346 events of 4,037 customers');
    expect(code).toBe(0);
  });

  it('prints one line of JSON with --json', async () => {
    const { out, err } = await report({ json: true }, finishes);
    expect(JSON.parse(out)).toEqual(SAMPLE);
    expect(err).toBe('');
  });

  it('listens to no signal once a run has ended', async () => {
    await report({}, finishes);
    expect(process.listeners('SIGINT').map((listener) => listener.name)).not.toContain('onInterrupt');
  });

  it('prints nothing with --quiet', async () => {
    expect(await report({ quiet: true }, finishes)).toEqual({ out: '', err: '', code: 0 });
  });

  it('leaves standard output to the records where they go there', async () => {
    const { out, err } = await report({}, finishes, 'output.kind=stdout');
    expect(out).toBe('');
    expect(err).toContain('flights: 327,346 events');
  });

  it('gives a fresh folder to a run that names none, and the named one else', async () => {
    const seen: (string | undefined)[] = [];
    const notes: RunFromConfig = async (config) => {
      seen.push(config.output.path);
      return SAMPLE;
    };
    await report({}, notes);
    await report({}, notes, 'output.path=mine');
    expect(seen).toEqual(['segtide-out/2026-01-31T12-00-00', 'mine']);
  });

  it('exits with 130 after a run that was interrupted', async () => {
    expect((await report({}, async () => ({ ...SAMPLE, interrupted: true }))).code).toBe(130);
  });

  it('exits with 10 where alerts were not delivered, and says how many, also with --quiet', async () => {
    const { err, code } = await report({ quiet: true }, async () => ({ ...SAMPLE, undelivered: 12 }));
    expect([err, code]).toEqual([
      'segtide: 12 alerts were not delivered; the log says why, and the output has them\n',
      10,
    ]);
  });

  it('exits with 8 where none of the events was accepted, and says why and what to check', async () => {
    const events = { ...SAMPLE.events, in: 1000, accepted: 0, late: 0, deadLettered: 1000 };
    const deadLetterReasons = { invalid: 10, incomplete: 990 };
    const outputs = [{ output: 'dead-letters', path: 'x/dead-letters.ndjson', records: 1000 }];
    const useless: RunFromConfig = async () => ({ ...SAMPLE, events, deadLetterReasons, outputs });
    const settings = ['input.fields.customer=meter', 'input.channels=[{name: kwh, field: value}]'];
    const { err, code } = await report({ quiet: true }, useless, ...settings);
    expect(code).toBe(8);
    expect(err).toBe(
      "segtide: none of 1,000 events was accepted (1,000 dead-lettered), most of them as incomplete (990): a field is missing or null. Check the fields in use, customer: 'meter', time: 'time', channel kwh: 'value' (flags --customer, --time, --value), and input.time.unit; x/dead-letters.ndjson holds the reasons and the records\n",
    );
    const json = await report({ json: true }, useless, ...settings);
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'nothing-accepted', retriable: false } });
    expect(json.code).toBe(8);
  });

  it('exits with 7 where every training failed, and says why', async () => {
    const why = 'the training failed: The process ended by SIGKILL.';
    const models = SAMPLE.models.map((model) => ({ ...model, promoted: false, failed: true, why }));
    const failed: RunFromConfig = async () => ({ ...SAMPLE, models, modelVersion: null });
    const { err, code } = await report({ quiet: true }, failed);
    expect(code).toBe(7);
    expect(err).toBe(`segtide: no model could be trained, and no window was assigned: ${why}\n`);
    const some: RunFromConfig = async () => ({ ...SAMPLE, models: [...models, SAMPLE.models[0]!] });
    expect((await report({ quiet: true }, some)).code).toBe(0);
  });

  it('exits with 0 after an input without events', async () => {
    const events = { ...SAMPLE.events, in: 0, accepted: 0, late: 0, deadLettered: 0 };
    expect(await report({ quiet: true }, async () => ({ ...SAMPLE, events }))).toMatchObject({ err: '', code: 0 });
  });

  it('hands the first SIGINT to the run as an abort, and exits with 130', async () => {
    const waits: RunFromConfig = async (_, { signal }) => {
      const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
      process.emit('SIGINT');
      await stopped;
      return { ...SAMPLE, interrupted: true };
    };
    const { err, code } = await report({}, waits);
    expect(err).toContain('stopping in order');
    expect(code).toBe(130);
  });

  it('exits with 143 after SIGTERM, also when the run tells of it by an error', async () => {
    const { code } = await report({}, async () => {
      process.emit('SIGTERM');
      throw new SegtideError('aborted', 'stopped');
    });
    expect(code).toBe(143);
  });

  it('passes a failure on', async () => {
    const fails: RunFromConfig = async () => {
      throw new SegtideError('input', 'gone');
    };
    await expect(report({}, fails)).rejects.toThrow('gone');
  });

  it('logs as JSON lines where no person reads', async () => {
    const logs: RunFromConfig = async (_, { log }) => {
      log.info('hello', { partition: 3 });
      log.debug('hidden');
      return SAMPLE;
    };
    const { err } = await report({}, logs);
    expect(JSON.parse(err)).toMatchObject({ level: 'info', msg: 'hello', partition: 3 });
    expect((await report({ quiet: true }, logs)).err).toBe('');
  });
});

async function report(flags: { json?: boolean; quiet?: boolean }, run: RunFromConfig, ...settings: string[]) {
  let out = '';
  let err = '';
  const config = loadConfig({ flags: ['input.paths=x.csv', ...settings].map(toAssignment) });
  const terminal = {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
    env: {},
    now: () => Date.UTC(2026, 0, 31, 12),
  };
  const code = await runAndReport(config, flags, terminal, run);
  return { out, err, code };
}
