import * as z from 'zod';
import { duration, secret, text, whole } from '../kinds.js';

/** `view`: the page and the API over what a run writes. */
export const viewSection = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Serves page and API while `segtide run` goes on; `segtide view` and the demos always do.'),
    host: text().default('127.0.0.1').describe('Name or address to listen on; `0.0.0.0` for all of this machine.'),
    port: whole('port', { max: 65_535 }).default(8750).describe('Port of page and API; 0 takes any that is free.'),
    token: secret()
      .exactOptional()
      .describe(
        'Bearer token for changes (retrain, rollback, promote, names); left out, there are none. Better given as SEGTIDE_VIEW__TOKEN_FILE.',
      ),
    customerKey: secret()
      .exactOptional()
      .describe(
        'Shows customers as hashes with this key (HMAC-SHA-256), and finds them by their ids all the same. Better given as SEGTIDE_VIEW__CUSTOMER_KEY_FILE.',
      ),
    tls: z
      .strictObject({
        cert: text().describe('PEM file of the certificate, with those that it rests on.'),
        key: text().describe('PEM file of its private key.'),
      })
      .exactOptional()
      .describe('Serves by TLS.'),
    database: text()
      .exactOptional()
      .describe('SQLite file that outlasts a restart; left out, history is in memory and read again.'),
    keepRows: whole('rows', { min: 1000, max: 100_000_000 })
      .default(200_000)
      .describe('Assignments, transitions and vectors that are kept, each.'),
    keepCustomers: whole('customers', { min: 1000, max: 100_000_000 })
      .default(500_000)
      .describe('Customers whose segment of now is known.'),
    keepFor: duration({ min: 60_000 })
      .exactOptional()
      .describe('Event time behind the newest window that is kept; left out, rows alone bound it.'),
    requestsPerMinute: whole('requests', { min: 10, max: 1_000_000 })
      .default(1200)
      .describe('Requests that one address may make in a minute.'),
    maxStreams: whole('streams', { max: 10_000 }).default(200).describe('Open streams of server-sent events.'),
  })
  .prefault({});
