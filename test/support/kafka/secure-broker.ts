import type { Certificates } from './certificates.js';
import { type Broker, startBroker } from './start.js';

/** Users of the secure broker; the password of each is its name and `-secret`. */
export const USERS = ['admin', 'worker', 'trainer', 'view', 'notifier'] as const;

/**
 * A broker with an authorizer and a listener for each way of logging in: `SCRAM`, `OAUTH` (tokens without a signature, as
 * Kafka takes them for tests), `PLAIN` over TLS, and `MTLS`. Only `admin` and the listener without security may do all.
 */
export function startSecureBroker({ ca, broker }: Certificates): Promise<Broker> {
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) =>
    USERS.map((user) => `${mechanism}=[name=${user},password=${user}-secret]`),
  );
  const plain = USERS.map((user) => `user_${user}="${user}-secret"`).join(' ');
  return startBroker({
    listeners: { SCRAM: 'SASL_PLAINTEXT', OAUTH: 'SASL_PLAINTEXT', PLAIN: 'SASL_SSL', MTLS: 'SSL' },
    scram,
    settings: [
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users=User:ANONYMOUS;User:admin;User:CN=admin',
      'sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512',
      ...['256', '512'].map(
        (bits) =>
          `listener.name.scram.scram-sha-${bits}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`,
      ),
      'listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER',
      'listener.name.oauth.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;',
      // A login lasts as long as its token, and this long at most.
      'listener.name.oauth.oauthbearer.connections.max.reauth.ms=60000',
      'listener.name.plain.sasl.enabled.mechanisms=PLAIN',
      `listener.name.plain.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${plain};`,
      'listener.name.mtls.ssl.client.auth=required',
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${broker}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${ca}`,
    ],
  });
}
