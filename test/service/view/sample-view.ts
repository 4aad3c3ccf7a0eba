import { request } from 'node:http';
import { afterEach, beforeEach } from 'vitest';
import { createLog } from '../../../src/service/log.js';
import { createView, type View } from '../../../src/service/view/create-view.js';
import type { ViewSettings } from '../../../src/service/view/view-settings.js';
import {
  alert,
  assignment,
  createSampleRun,
  drift,
  modelEvent,
  type SampleRun,
  segment,
  transition,
} from './sample-run.js';

const SILENT = createLog({ level: 'silent', format: 'json', write: () => undefined });

/** A view of the folder of a run, made anew for each test of the file that calls this, and removed after it. */
export interface SampleView {
  /** The run's folder, to which a test writes. */
  readonly run: SampleRun;
  /** What `open` gave last. */
  readonly view: View;
  open(settings?: Partial<ViewSettings>): Promise<View>;
  /** The answer of the view at a path, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what is asked of an answer is what the test knows of it
  get(path: string): Promise<any>;
  /** Asks until the answer is as wanted: the view follows its files by and by. */
  eventually(path: string, isWanted: (answer: never) => boolean): Promise<unknown>;
  /** Writes a small run of three customers, and waits until the view has it. */
  fill(): Promise<void>;
  /** Of a request that is sent as it stands: `fetch` tidies paths and names up. */
  statusOf(path: string, headers?: Record<string, string>): Promise<number>;
}

export function useSampleView(): SampleView {
  let run: SampleRun;
  let view: View | undefined;
  beforeEach(async () => {
    run = await createSampleRun();
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
    await run.remove();
  });
  const sample: SampleView = {
    get run() {
      return run;
    },
    get view() {
      return view!;
    },
    async open(settings = {}) {
      view = await createView({ ...defaultsFor(run), ...settings }, SILENT);
      return view;
    },
    async get(path) {
      const response = await fetch(`${view!.url}${path.slice(1)}`);
      return response.json();
    },
    async eventually(path, isWanted) {
      for (;;) {
        const answer = await sample.get(path);
        if (isWanted(answer as never)) return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async fill() {
      await writeSmallRun(run);
      const wanted = { assignments: 5, segments: 2, transitions: 1, drift: 3, alerts: 2, 'model-events': 1 };
      await sample.eventually('/api/summary', ({ records }: { records: Record<string, number> }) =>
        Object.entries(wanted).every(([output, count]) => records[output] === count),
      );
    },
    statusOf: (path, headers = {}) => statusOf(Number(new URL(view!.url).port), path, headers),
  };
  return sample;
}

function defaultsFor(run: SampleRun): ViewSettings {
  return {
    name: 'sample',
    host: '127.0.0.1',
    port: 0,
    otherPorts: 0,
    folder: run.folder,
    config: undefined as never, // of topics alone
    database: undefined,
    retention: { rows: 1000, customers: 1000, ageMs: Number.POSITIVE_INFINITY },
    token: undefined,
    customerKey: undefined,
    tls: undefined,
    requestsPerMinute: 10_000,
    mostStreams: 3,
  };
}

async function writeSmallRun(run: SampleRun): Promise<void> {
  await run.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
  await run.append('segments', segment('s1'), segment('s2', { name: 'growing' }));
  await run.append('assignments', assignment('a', 2, 's1'), assignment('b', 2, 's1'), assignment('c', 2, 's2'));
  await run.append('assignments', assignment('a', 3, 's2'), assignment('b', 3, 's1'));
  await run.append('transitions', transition('a', 3, 's1', 's2'));
  await run.append('drift', drift('usage', 2, 0.1), drift('usage', 3, 0.4), drift('level', 3, 0.05));
  await run.append('alerts', alert('a', 3), alert('b', 3, { severity: 'high' }));
}

function statusOf(port: number, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on('error', reject);
    sent.end();
  });
}
