import type { Reporter } from 'vitest/node';

/** Tells after `npm test` what it has left out, and how to have it. */
export default class LeftOut implements Reporter {
  onTestRunEnd(): void {
    console.log(TEXT);
  }
}

const TEXT = `
 Left out here:
   npm run test:kafka       what needs a Kafka broker: delivery, restarts, roles, rights, registry. Java 17 and Maven
                            start one; without them name an existing one by SEGTIDE_TEST_BROKERS=host:port, such as
                            the one of 'docker compose up --detach kafka' at localhost:9094. Tests that stop their
                            broker or need one with logins start their own, by Java and Maven, and fail without.
   npm run test:prometheus  a Prometheus that scrapes workers and trainers, and promtool on the rules.
   npm run test:browser     the page in Chromium.
   npm run test:command     the built command on whole inputs, some minutes long.
`;
