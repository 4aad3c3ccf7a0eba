import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { RegistrySettings } from './registry-options.js';

/** What a registry answered, but for what is tried again or is an error. */
export type RegistryAnswer =
  | { readonly status: 'ok'; readonly body: unknown }
  | { readonly status: 'missing' | 'conflict' | 'refused'; readonly text: string }
  | { readonly status: 'too-large' };

/** Asks one registry, and nobody else: redirects are errors. */
export interface RegistryHttp {
  /**
   * The answer to a request; answers that pass (429, 5xx, no answer) are waited for.
   *
   * @param path below the registry's address, encoded
   * @param body sent as JSON by POST; GET without
   * @throws SegtideError `transport` after `outageMs` of failures, and at once where trying again can't help; `aborted`
   * after `close`
   */
  ask(path: string, body?: object): Promise<RegistryAnswer>;
  close(): void;
}

export function createRegistryHttp(settings: RegistrySettings, clock: Clock): RegistryHttp {
  const { url, ca } = settings;
  const isTls = url.protocol === 'https:';
  const pool = { keepAlive: true, maxSockets: CONNECTIONS };
  const agent = isTls ? new https.Agent({ ...pool, ...(ca !== undefined && { ca }) }) : new http.Agent(pool);
  const closing = new AbortController();
  const base = url.pathname.replace(/\/+$/, '');
  const headers = {
    accept: MEDIA_TYPE,
    ...(settings.authorization !== undefined && { authorization: settings.authorization }),
  };
  // JSON writes a schema as a string, in which a quote takes two bytes.
  const maxBytes = settings.maxSchemaBytes * 2 + 65_536;

  const once = (path: string, body: object | undefined): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const request = (isTls ? https : http).request(
        {
          agent,
          hostname: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port,
          path: base + path,
          method: sent === undefined ? 'GET' : 'POST',
          headers:
            sent === undefined ? headers : { ...headers, 'content-type': MEDIA_TYPE, 'content-length': sent.length },
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(settings.timeoutMs)]),
        },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size <= maxBytes) parts.push(part);
            else {
              resolve({ status: response.statusCode!, text: undefined });
              response.destroy();
            }
          });
          response.on('end', () => resolve({ status: response.statusCode!, text: Buffer.concat(parts).toString() }));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(sent);
    });

  return {
    async ask(path, body) {
      const since = clock.now();
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
        let failure: string;
        try {
          const reply = await once(path, body);
          if (!isPassing(reply.status)) return toAnswer(reply, url);
          failure = `it answered ${reply.status}`;
        } catch (error) {
          if (error instanceof SegtideError) throw error;
          failure = describe(error as Error, settings.timeoutMs);
        }
        if (closing.signal.aborted) throw new SegtideError('aborted', 'the schema registry is no longer asked');
        if (clock.now() - since + waitMs > settings.outageMs) {
          throw new SegtideError(
            'transport',
            `the schema registry at ${url.origin} has failed for ${settings.outageMs} ms (${failure}); see whether it runs and can be reached`,
            { retriable: true },
          );
        }
        // Whoever closes need not wait; the next round tells.
        await sleep(waitMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    },
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}

const CONNECTIONS = 4;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';

/** What came back; `text` is undefined where it was too large. */
interface Reply {
  readonly status: number;
  readonly text: string | undefined;
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

function toAnswer({ status, text }: Reply, url: URL): RegistryAnswer {
  if (text === undefined) return { status: 'too-large' };
  if (status === 200) {
    try {
      return { status: 'ok', body: JSON.parse(text) };
    } catch (cause) {
      throw new SegtideError('transport', `what answers at ${url.origin} is no schema registry: it sent no JSON`, {
        cause,
      });
    }
  }
  const said = `${status} ${shorten(text)}`;
  if (status === 404 && isRegistryError(text)) return { status: 'missing', text: said };
  if (status === 409) return { status: 'conflict', text: said };
  if (status === 422) return { status: 'refused', text: said };
  throw new SegtideError('transport', `the schema registry at ${url.origin} ${complaintOf(status)} (${said})`);
}

/** A registry says by a number of its own what is not there; a wrong address must not look like an unknown schema. */
function isRegistryError(text: string): boolean {
  return /"error_code"\s*:\s*404\d\d\b/.test(text);
}

function complaintOf(status: number): string {
  if (status === 401 || status === 403)
    return 'refused these credentials, or has none; see `username`, `password`, `token`';
  if (status >= 300 && status < 400)
    return 'sends requests elsewhere, which is not followed; give the address it has now';
  if (status === 404) return 'has nothing at this path; see `url`, which may need one, such as /apis/ccompat/v7';
  return 'answered what no registry should';
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function describe(error: Error, timeoutMs: number): string {
  if ((error.cause as Error | undefined)?.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  // A name with several addresses behind it fails as many errors in one, without words of its own.
  if (error instanceof AggregateError) return error.errors.map((one: Error) => one.message).join('; ');
  return error.message;
}
