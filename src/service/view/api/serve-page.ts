import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { SegtideError } from '../../../errors.js';

/** Nothing of others, and nothing inline. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the built page from memory: its files are the only paths that there are.
 *
 * @throws SegtideError `config` where the page was not built
 */
export async function servePage(server: FastifyInstance, folder: string): Promise<void> {
  server.addHook('onSend', async (_, reply) => {
    void reply.headers(SECURITY_HEADERS);
  });
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new SegtideError('config', `the page is not built: there is no ${folder}; run 'npm run build'`, { cause });
  });
  for (const entry of names) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    const name = relative(folder, path).split(sep).join('/');
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
    // Names under assets/ have a hash of what they hold.
    const cacheControl = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    server.get(name === 'index.html' ? '/' : `/${name}`, (request, reply) => {
      void reply.type(type).header('cache-control', cacheControl).header('etag', tag);
      return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(body);
    });
  }
}
