import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';

/** A client of an OAuth 2 authorisation server. */
export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
}

/** As kafkajs asks for a token, at each login. */
export type TokenProvider = () => Promise<{ readonly value: string }>;

/**
 * Asks for tokens by the grant of client credentials (RFC 6749, 4.4). A token is used again until four fifths of its life
 * are over, or 15 s are left; while the server is away, until it ends. Logins at the same time share one request.
 *
 * @returns a provider that throws SegtideError `transport`, retriable where the server may answer later
 */
export function createTokenProvider(credentials: ClientCredentials, clock: Clock): TokenProvider {
  let token: Token | undefined;
  let request: Promise<Token> | undefined;
  return async () => {
    if (token !== undefined && clock.now() < token.renewAt) return token;
    request ??= requestToken(credentials, clock).finally(() => {
      request = undefined;
    });
    try {
      token = await request;
    } catch (error) {
      if (token === undefined || clock.now() >= token.endsAt) throw error;
    }
    return token;
  };
}

interface Token {
  readonly value: string;
  /** Epoch ms. */
  readonly renewAt: number;
  readonly endsAt: number;
}

/** kafkajs logs in anew 10 s before the token of a connection ends, and the broker must then be shown another. */
const LOGIN_LEAD_MS = 15_000;
const TIME_OUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;
/** RFC 6749 recommends that an answer tells; where one does not, this is short enough for any server. */
const DEFAULT_LIFE_S = 300;

async function requestToken(credentials: ClientCredentials, clock: Clock): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, scope } = credentials;
  const asked = clock.now();
  const { status, text } = await post(tokenUrl, {
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${toForm(clientId)}:${toForm(clientSecret)}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
  });
  const answer = parse(text);
  if (status !== 200) {
    const passes = status >= 500 || status === 429;
    const reason = typeof answer?.error === 'string' ? `${status} ${answer.error}` : status;
    const advice = passes ? '' : '; check clientId, clientSecret and scope';
    throw failure(tokenUrl, `answered ${reason}${advice}`, passes);
  }
  const value = answer?.access_token;
  if (typeof value !== 'string' || value === '') throw failure(tokenUrl, 'answered without an access_token', false);
  const told = Number(answer?.expires_in);
  const lifeMs = (told > 0 ? told : DEFAULT_LIFE_S) * 1000;
  const renewAt = asked + Math.min(0.8 * lifeMs, lifeMs - LOGIN_LEAD_MS);
  return { value, renewAt, endsAt: asked + lifeMs };
}

async function post(url: string, request: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const signal = AbortSignal.timeout(TIME_OUT_MS);
    // A redirection would send the secret to somebody else.
    const response = await fetch(url, { ...request, method: 'POST', redirect: 'error', signal });
    return { status: response.status, text: await readText(response) };
  } catch (cause) {
    if (cause instanceof RangeError) throw failure(url, cause.message, false, cause);
    const { message, cause: inner } = cause as Error;
    throw failure(url, `could not be asked: ${inner instanceof Error ? inner.message : message}`, true, cause);
  }
}

async function readText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError(`answered more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // what it is instead is told by its status, or by the token that it lacks
  }
}

/** Id and secret are encoded like the fields of a form before they are joined (RFC 6749, 2.3.1). */
function toForm(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function failure(url: string, what: string, retriable: boolean, cause?: unknown): SegtideError {
  const { origin, pathname } = new URL(url);
  const text = `no token for the brokers: ${origin}${pathname} ${what}`;
  return new SegtideError('transport', text, { retriable, cause });
}
