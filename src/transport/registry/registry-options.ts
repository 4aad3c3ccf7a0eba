import { SegtideError } from '../../errors.js';

/** How to reach a schema registry with the interface of Confluent's: its own, Apicurio's (`/apis/ccompat/v7`), Karapace. */
export interface RegistryOptions {
  /** `http://` or `https://`, host, port, and what precedes `/schemas/ids` there. Nothing else is ever asked. */
  readonly url: string;
  /** With `password`: basic authentication. */
  readonly username?: string;
  readonly password?: string;
  /** Bearer authentication, instead of user name and password. */
  readonly token?: string;
  /** Certificates that a registry's is signed by, in PEM, instead of those that Node trusts. */
  readonly ca?: string;
  /** How long one request may take. In ms. @default 10000 */
  readonly timeoutMs?: number;
  /** How long requests that fail are tried again before the call fails. In ms. @default 120000 */
  readonly outageMs?: number;
  /** The largest schema, together with all that it refers to. In bytes. @default 524288 */
  readonly maxSchemaBytes?: number;
  /** How long an id that the registry does not know counts as unknown without another request. In ms. @default 60000 */
  readonly negativeTtlMs?: number;
}

export interface RegistrySettings {
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly outageMs: number;
  readonly maxSchemaBytes: number;
  readonly negativeTtlMs: number;
}

/** @throws SegtideError `config` with the option's name, what it got and what it may be */
export function resolveRegistry(options: RegistryOptions): RegistrySettings {
  return {
    url: toUrl(options.url),
    authorization: toAuthorization(options),
    ca: options.ca,
    timeoutMs: atLeast(1, 'timeoutMs', options.timeoutMs ?? 10_000),
    outageMs: atLeast(0, 'outageMs', options.outageMs ?? 120_000),
    maxSchemaBytes: atLeast(1, 'maxSchemaBytes', options.maxSchemaBytes ?? 524_288),
    negativeTtlMs: atLeast(0, 'negativeTtlMs', options.negativeTtlMs ?? 60_000),
  };
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.search || url.hash) {
    throw new SegtideError(
      'config',
      `the registry's \`url\` must be an address such as https://registry:8081; got ${url === undefined ? JSON.stringify(text) : url.origin + url.pathname}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new SegtideError(
      'config',
      `the registry's \`url\` is shown in logs and must hold no password; give \`username\` and \`password\` apart`,
    );
  }
  return url;
}

function toAuthorization({ username, password, token }: RegistryOptions): string | undefined {
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    throw new SegtideError('config', 'the registry takes either `token`, or `username` and `password`; got both');
  }
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new SegtideError('config', 'the registry takes `username` and `password` together; got one of them');
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function atLeast(least: number, option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new SegtideError(
      'config',
      `the registry's \`${option}\` must be a whole number of at least ${least}; got ${value}`,
    );
  }
  return value;
}
