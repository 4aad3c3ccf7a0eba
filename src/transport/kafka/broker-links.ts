import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import type { Admin, Consumer, ISocketFactory, Kafka, Producer } from 'kafkajs';

/** Connections of a Kafka client that are closed when nothing comes on them any more. */
export interface BrokerLinks {
  readonly socketFactory: ISocketFactory;
  /** Has each consumer, producer and admin of the client from now on close what is silent when a request was not answered. */
  watch(kafka: Kafka): void;
}

/**
 * kafkajs gives up a request that is not answered in time, and sends the next on the same connection. Where the link is
 * half open (a firewall has forgotten it, the host is gone without a word) that goes on until the operating system gives
 * up sending, a quarter of an hour later. As other clients do, these close a connection with the first request.
 *
 * @param silentMs a request is given up after so long at the earliest
 */
export function createBrokerLinks(silentMs: number): BrokerLinks {
  /** By `host:port`, each with whether nothing has come for `silentMs`. */
  const links = new Map<string, Map<Socket, boolean>>();

  const track = (broker: string, socket: Socket): void => {
    const sockets = links.get(broker) ?? new Map<Socket, boolean>();
    links.set(broker, sockets.set(socket, false));
    const silence = setTimeout(() => sockets.set(socket, true), silentMs).unref();
    socket.on('data', () => {
      sockets.set(socket, false);
      silence.refresh();
    });
    socket.once('close', () => {
      clearTimeout(silence);
      sockets.delete(socket);
    });
  };
  const closeSilent = (broker: string): void => {
    for (const [socket, isSilent] of links.get(broker) ?? []) {
      if (isSilent) socket.destroy(new Error(`nothing came for ${silentMs} ms`));
    }
  };
  const watched = <T extends Admin | Consumer | Producer>(client: T): T => {
    const { events, on } = client as Admin; // all three have this event
    on(events.REQUEST_TIMEOUT, ({ payload }) => closeSilent(payload.broker));
    return client;
  };

  return {
    socketFactory({ host, port, ssl, onConnect }) {
      const servername = isIP(host) ? {} : { servername: host };
      const socket = ssl
        ? connectByTls({ host, port, ...servername, ...ssl }, onConnect)
        : connectPlainly({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      track(`${host}:${port}`, socket);
      return socket;
    },
    watch(kafka) {
      const { admin, consumer, producer } = kafka;
      kafka.admin = (config) => watched(admin.call(kafka, config));
      kafka.consumer = (config) => watched(consumer.call(kafka, config));
      kafka.producer = (config) => watched(producer.call(kafka, config));
    },
  };
}

/** As kafkajs has it. */
const KEEP_ALIVE_MS = 60_000;
