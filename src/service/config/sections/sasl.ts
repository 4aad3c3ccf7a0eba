import * as z from 'zod';
import { secret, text } from '../kinds.js';

/** A login as checked: each mechanism with what it needs, and nothing else. */
export type Sasl = { readonly allowPlaintext: boolean } & (
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | ({ readonly mechanism: 'oauthbearer' } & (
      | { readonly tokenFile: string }
      | {
          readonly tokenUrl: string;
          readonly clientId: string;
          readonly clientSecret: string;
          readonly scope?: string;
        }
    ))
);

/** `sasl`: login at the broker. */
export function saslSection(variables: string) {
  return z
    .strictObject({
      mechanism: z
        .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
        .describe('Mechanism the broker asks for.'),
      username: text().exactOptional().describe('PLAIN and SCRAM: user name.'),
      password: secret()
        .exactOptional()
        .describe(`PLAIN and SCRAM: password; better given as ${variables}__SASL__PASSWORD_FILE.`),
      tokenUrl: text()
        .exactOptional()
        .describe(
          'OAUTHBEARER: endpoint that gives tokens for `clientId` and `clientSecret` (client credentials); they are renewed before they expire.',
        ),
      clientId: text().exactOptional().describe('OAUTHBEARER: client at `tokenUrl`.'),
      clientSecret: secret()
        .exactOptional()
        .describe(`OAUTHBEARER: its secret; better given as ${variables}__SASL__CLIENT_SECRET_FILE.`),
      scope: text().exactOptional().describe('OAUTHBEARER: scope to ask for.'),
      tokenFile: text()
        .exactOptional()
        .describe(
          'OAUTHBEARER: file with a token, read anew for each login, such as a projected service account token; instead of `tokenUrl`.',
        ),
      allowPlaintext: z
        .boolean()
        .default(false)
        .describe(
          'PLAIN and OAUTHBEARER: allows a connection without TLS, and `tokenUrl` to be http: passwords and tokens can then be read on the way.',
        ),
    })
    .transform((keys, context): Sasl => {
      const missing = needs(keys).filter(([key]) => keys[key] === undefined);
      const unwanted = OTHERS.filter((key) => keys[key] !== undefined && !takes(keys).includes(key));
      for (const [key, message] of missing) context.addIssue({ code: 'custom', path: [key], message, input: keys });
      for (const key of unwanted)
        context.addIssue({ code: 'custom', path: [key], message: `left out ${whereUnwanted(keys)}`, input: keys });
      const url = keys.tokenUrl;
      if (url !== undefined && !unwanted.includes('tokenUrl') && !isAllowed(url, keys.allowPlaintext))
        context.addIssue({ code: 'custom', path: ['tokenUrl'], message: URL_WANTED, input: url });
      return keys as Sasl;
    });
}

const URL_WANTED = 'an https address; http sends the secret for all to read, and needs `allowPlaintext: true`';

const OTHERS = ['username', 'password', 'tokenUrl', 'clientId', 'clientSecret', 'scope', 'tokenFile'] as const;
type Other = (typeof OTHERS)[number];

interface Keys {
  readonly mechanism: Sasl['mechanism'];
  readonly tokenFile?: string;
}

/** Keys that a mechanism can't do without, and what completes "must be …" of each. */
function needs({ mechanism, tokenFile }: Keys): readonly (readonly [Other, string])[] {
  if (mechanism !== 'oauthbearer') {
    return [
      ['username', `the user name for \`mechanism: ${mechanism}\``],
      ['password', `the password for \`mechanism: ${mechanism}\``],
    ];
  }
  if (tokenFile !== undefined) return [];
  return [
    ['tokenUrl', 'the endpoint that gives tokens, or `tokenFile` given, for `mechanism: oauthbearer`'],
    ['clientId', 'the client that asks `tokenUrl` for tokens'],
    ['clientSecret', 'the secret of `clientId`'],
  ];
}

function takes({ mechanism, tokenFile }: Keys): readonly Other[] {
  if (mechanism !== 'oauthbearer') return ['username', 'password'];
  return tokenFile === undefined ? ['tokenUrl', 'clientId', 'clientSecret', 'scope'] : ['tokenFile'];
}

function whereUnwanted({ mechanism, tokenFile }: Keys): string {
  return mechanism === 'oauthbearer' && tokenFile !== undefined
    ? 'with `tokenFile`, which gives the token'
    : `with \`mechanism: ${mechanism}\``;
}

function isAllowed(url: string, http: boolean): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  return protocol === 'https:' || (http && protocol === 'http:');
}
