import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM files of an authority, and of what it has signed. */
export interface Certificates {
  readonly ca: string;
  /** Key and chain of the broker `localhost` in one file, as Kafka takes them. */
  readonly broker: string;
  readonly clientCert: string;
  /** Encrypted by `passphrase`. */
  readonly clientKey: string;
  readonly passphrase: string;
}

/** Makes an authority, a broker's certificate for `localhost`, and a client's for `CN=<clientName>`, good for a day. */
export async function makeCertificates(folder: string, clientName: string): Promise<Certificates> {
  const at = (name: string): string => join(folder, name);
  const passphrase = 'open sesame';
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  await openssl(
    ...newKey,
    '-x509',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  const sign = async (name: string, subject: string, extensions: string, key: readonly string[]): Promise<void> => {
    await writeFile(at(`${name}.ext`), extensions);
    await openssl(...newKey, ...key, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    await openssl('x509', '-req', '-days', '1', '-in', `${name}.csr`, ...authority, '-out', `${name}.pem`);
  };
  await sign('broker', '/CN=localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1\n', ['-nodes']);
  await sign('client', `/CN=${clientName}`, 'extendedKeyUsage=clientAuth\n', ['-passout', `pass:${passphrase}`]);
  const parts = await Promise.all(['broker.key', 'broker.pem'].map((name) => readFile(at(name), 'utf8')));
  await writeFile(at('broker.store.pem'), parts.join(''));
  return {
    ca: at('ca.pem'),
    broker: at('broker.store.pem'),
    clientCert: at('client.pem'),
    clientKey: at('client.key'),
    passphrase,
  };
}
