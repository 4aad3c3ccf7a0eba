import * as z from 'zod';
import { duration, secret, text, whole } from '../kinds.js';
import { checkRegistryLogin } from './registry.js';

/**
 * How an address that takes alerts is reached.
 *
 * @param variables how the environment variables of this section begin
 */
function receiverKeys(variables: string) {
  return {
    username: text().exactOptional().describe('User name, with `password`.'),
    password: secret().exactOptional().describe(`Password; better given as ${variables}__PASSWORD_FILE.`),
    token: secret()
      .exactOptional()
      .describe(`Bearer token, instead of a user name; better given as ${variables}__TOKEN_FILE.`),
    ca: text().exactOptional().describe("PEM file of certificates that its own is signed by, instead of the system's."),
    timeout: duration({ min: 1 }).prefault('10s').describe('How long one request may take.'),
  };
}

function address(example: string) {
  const wanted = `an address such as ${example}, without a user name`;
  return z
    .url({ protocol: /^https?$/, error: wanted })
    .refine((url) => !URL.canParse(url) || new URL(url).username === '', { error: wanted });
}

/** `alerts.notify`: who is told of alerts, beside the output. */
export const notifySection = z
  .strictObject({
    webhook: z
      .strictObject({
        url: address('https://hooks.example.com/segtide')
          .meta({ secret: true })
          .describe(
            'Address that takes JSON by POST, and nobody else: redirects are not followed. Better given as SEGTIDE_ALERTS__NOTIFY__WEBHOOK__URL_FILE where it is a secret itself.',
          ),
        ...receiverKeys('SEGTIDE_ALERTS__NOTIFY__WEBHOOK'),
        signatureKey: secret()
          .exactOptional()
          .describe(
            'Signs each request (HMAC-SHA-256 of time and body, header `segtide-signature`); better given as SEGTIDE_ALERTS__NOTIFY__WEBHOOK__SIGNATURE_KEY_FILE.',
          ),
      })
      .superRefine(checkRegistryLogin)
      .exactOptional()
      .describe('Sends alerts to a program of your own; left out, it does not.'),
    alertmanager: z
      .strictObject({
        url: address('http://alertmanager:9093').describe('Address of Alertmanager, with the path before `/api/v2`.'),
        ...receiverKeys('SEGTIDE_ALERTS__NOTIFY__ALERTMANAGER'),
      })
      .superRefine(checkRegistryLogin)
      .exactOptional()
      .describe('Sends alerts to Alertmanager (API v2); left out, it does not.'),
    minSeverity: z.enum(['low', 'medium', 'high']).default('low').describe('Least severity that is sent.'),
    groupBy: z
      .array(z.enum(['kind', 'segment', 'customer', 'severity']))
      .default(['kind', 'segment'])
      .describe('Webhook: alerts that are alike in these come in one request. Alertmanager groups by its own config.'),
    groupWait: duration()
      .prefault('30s')
      .describe('How long alerts are gathered after the first one, for one request instead of many.'),
    maxAlerts: whole('alerts', { min: 1, max: 1000 }).default(100).describe('Most alerts of one request.'),
    giveUpAfter: duration({ min: 1000 })
      .prefault('5m')
      .describe('How long alerts are tried again while their receiver fails; then they are counted and logged.'),
    maxAge: duration({ min: 1000 })
      .prefault('1d')
      .describe('Alerts that were made longer ago are not sent: an old topic, or a replay of history, tells nobody.'),
    resolveAfter: duration({ min: 60_000 })
      .prefault('1h')
      .describe('An alert that is not withdrawn ends so long after it was sent.'),
    customerKey: secret()
      .exactOptional()
      .describe(
        'Sends customers as hashes with this key, the same as `view.customerKey` makes of it. Better given as SEGTIDE_ALERTS__NOTIFY__CUSTOMER_KEY_FILE.',
      ),
  })
  .exactOptional();
