import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HttpPosterOptions {
  /** `http://` or `https://`; nothing else is ever asked, and redirects are refusals. */
  readonly url: URL;
  readonly authorization?: string | undefined;
  /** PEM text of certificates, instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** Of one request, answer included. In ms. */
  readonly timeoutMs: number;
  /** In [0, 1): spreads those who try again. */
  readonly random: () => number;
  /** Told of each request that was answered, or was not. */
  readonly onAttempt?: (result: 'accepted' | 'refused' | 'failed', seconds: number) => void;
}

/** Undefined where it was taken; else why it was not. */
export type PostFailure = string | undefined;

/** How long one request is tried. */
export interface Patience {
  /** `performance.now()` at which it is given up. */
  readonly until: number;
  /** Aborts at once. */
  readonly signal: AbortSignal;
  /** Told in words of each attempt that failed and is made again. */
  readonly onFailing: (why: string) => void;
}

/** Posts JSON to one address. */
export interface HttpPoster {
  /**
   * Tries until it is taken or refused, or the time is up: what passes (no answer, 408, 425, 429, 5xx) is tried again,
   * after a while that doubles, or that the receiver names.
   *
   */
  post(body: Buffer, headers: Readonly<Record<string, string>>, patience: Patience): Promise<PostFailure>;
  close(): void;
}

export function createHttpPoster(options: HttpPosterOptions): HttpPoster {
  const { url, authorization, ca, timeoutMs, random, onAttempt } = options;
  const isTls = url.protocol === 'https:';
  const pool = { keepAlive: true, maxSockets: CONNECTIONS };
  const agent = isTls ? new https.Agent({ ...pool, ...(ca !== undefined && { ca }) }) : new http.Agent(pool);
  const fixed = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) };

  const once = (body: Buffer, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = (isTls ? https : http).request(
        url,
        {
          agent,
          method: 'POST',
          headers: { ...fixed, ...headers, 'content-length': body.length },
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          const done = (): void =>
            resolve({
              status: response.statusCode!,
              retryAfter: response.headers['retry-after'],
              text: Buffer.concat(parts).toString(),
            });
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size <= MAX_ANSWER_BYTES) return parts.push(part);
            // Whoever answers so much is not read to the end.
            done();
            return response.destroy();
          });
          response.on('end', done);
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });

  const attempt = async (...given: Parameters<typeof once>): Promise<Answer | Error> => {
    const begun = performance.now();
    const answer = await once(...given).catch((error: Error) => error);
    const result =
      answer instanceof Error || isPassing(answer.status) ? 'failed' : isTaken(answer) ? 'accepted' : 'refused';
    onAttempt?.(result, (performance.now() - begun) / 1000);
    return answer;
  };

  return {
    async post(body, headers, { until, signal, onFailing }) {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
        const answer = await attempt(body, headers, signal);
        if (signal.aborted) return 'it was told to stop';
        if (!(answer instanceof Error)) {
          if (isTaken(answer)) return undefined;
          if (!isPassing(answer.status)) return `it answered ${answer.status}${complaintOf(answer)}`;
        }
        const named = answer instanceof Error ? undefined : toWait(answer.retryAfter);
        // Half of it by chance, so that many who failed at once don't come back at once.
        const wait = named ?? waitMs * (0.5 + random() / 2);
        if (performance.now() + wait > until) return `it failed to the end: ${describe(answer, timeoutMs)}`;
        onFailing(describe(answer, timeoutMs));
        await sleep(wait, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return 'it was told to stop';
      }
    },
    close: () => agent.destroy(),
  };
}

const CONNECTIONS = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const MAX_ANSWER_BYTES = 4096;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

function isTaken({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Ms of a `Retry-After`: seconds, or a date. */
function toWait(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function complaintOf({ status, text }: Answer): string {
  if (status >= 300 && status < 400) return ', a redirect, which is not followed';
  const said = text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return said === '' ? '' : `: ${said}`;
}

function describe(answer: Answer | Error, timeoutMs: number): string {
  if (!(answer instanceof Error)) return `it answered ${answer.status}`;
  const { cause } = answer;
  if (answer.name === 'TimeoutError' || (cause as Error | undefined)?.name === 'TimeoutError') {
    return `no answer within ${timeoutMs} ms`;
  }
  if (answer instanceof AggregateError) return answer.errors.map((one: Error) => one.message).join('; ');
  return answer.message;
}
