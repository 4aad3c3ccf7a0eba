import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { get as getByTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../src/service/log.js';
import { createView, type View } from '../../../src/service/view/create-view.js';
import type { ViewSettings } from '../../../src/service/view/view-settings.js';
import { makeCertificates } from '../../support/kafka/certificates.js';
import { alert, createSampleRun, type SampleRun } from './sample-run.js';

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

const lines: string[] = [];

async function open(settings: Partial<ViewSettings>): Promise<View> {
  lines.length = 0;
  view = await createView(
    settingsOf(settings),
    createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) }),
  );
  return view;
}

function settingsOf(settings: Partial<ViewSettings>): ViewSettings {
  return {
    ...{ name: 'sample', host: '127.0.0.1', port: 0, otherPorts: 0, folder: run.folder },
    config: undefined as never, // of topics alone
    database: undefined,
    retention: { rows: 1000, customers: 1000, ageMs: Number.POSITIVE_INFINITY },
    ...{ token: undefined, customerKey: undefined, tls: undefined, requestsPerMinute: 10_000, mostStreams: 3 },
    ...settings,
  };
}

/** One who follows the events. */
interface Follower {
  readonly status: number;
  /** Resolves when it was told this. */
  told(pattern: RegExp): Promise<void>;
  leave(): void;
}

function follow(url: string, reads = true): Promise<Follower> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = get(`${url}api/events`, { agent: false }, (response: IncomingMessage) => {
      let text = '';
      const waiting = new Set<() => void>();
      if (reads) {
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          for (const look of waiting) look();
        });
      }
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode!,
        told: (wanted) =>
          new Promise((found) => {
            const look = (): void => {
              if (wanted.test(text)) found();
            };
            waiting.add(look);
            look();
          }),
        leave: () => asked.destroy(),
      });
    });
    asked.on('error', reject);
  });
}

describe('500 streams of events', () => {
  it('are all told of what is new, beside some that do not read, and make room when they leave', async () => {
    const { url } = await open({ mostStreams: 500 });
    const readers = await Promise.all(Array.from({ length: 450 }, () => follow(url)));
    const sleepers = await Promise.all(Array.from({ length: 50 }, () => follow(url, false)));
    expect(new Set([...readers, ...sleepers].map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await follow(url);
    expect(refused.status).toBe(503);
    refused.leave();
    for (let day = 2; day < 12; day++) await run.append('alerts', alert('a', day));
    // Some revision but the first; several may come in one.
    await Promise.all(readers.map(({ told }) => told(/"alerts":[1-9]/)));
    // The API answers all the while.
    const summary = await (await fetch(`${url}api/summary`)).json();
    expect(summary).toMatchObject({ name: 'sample' });
    for (const follower of [...readers, ...sleepers]) follower.leave();
    for (;;) {
      const next = await follow(url);
      next.leave();
      if (next.status === 200) break;
    }
  });
});

describe('a view that other machines reach', () => {
  it('warns that it is without TLS, and whoever reaches it reads all', async () => {
    await open({ host: '0.0.0.0' });
    expect(lines.join()).toContain('without TLS: customers are sent in the clear');
    await view?.close();
    await open({ host: '0.0.0.0', token: 'sesame' });
    expect(lines.join()).toContain('customers and the token for changes are sent in the clear');
    await view?.close();
    await open({});
    expect(lines).toEqual([]);
  });

  it('says what to do where its port is taken', async () => {
    const { url } = await open({});
    const port = Number(new URL(url).port);
    const message = `port ${port} of 127.0.0.1 is in use by another program; choose another by \`--set view.port=${port + 1}\`, or any that is free by \`--set view.port=0\``;
    await expect(
      createView({ ...settingsOf({}), port }, createLog({ level: 'silent', format: 'json', write: () => undefined })),
    ).rejects.toThrow(message);
  });
});

describe('a view with certificates', () => {
  it('is served by TLS, and by nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segtide-tls-'));
    try {
      const { ca } = await makeCertificates(folder, 'nobody');
      const { url } = await open({ tls: { cert: join(folder, 'broker.pem'), key: join(folder, 'broker.key') } });
      expect(url).toMatch(/^https:/);
      const trusted = await readFile(ca);
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        getByTls(`${url}api/summary`, { ca: trusted, servername: 'localhost' }, resolve).on('error', reject);
      });
      answer.resume();
      expect(answer.statusCode).toBe(200);
      await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
      await expect(new Promise((resolve, reject) => getByTls(url, resolve).on('error', reject))).rejects.toMatchObject({
        code: expect.stringMatching(/CERT|ISSUER|VERIFY/),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('says which file of them is missing', async () => {
    await expect(open({ tls: { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' } })).rejects.toThrow(
      '/nowhere/cert.pem',
    );
  });
});
