import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpProblem } from './http-problem.js';

/**
 * Makes a check for the bearer token of requests that change something.
 *
 * @param token undefined where changes are off
 */
export function createAuthorize(token: string | undefined): (request: Pick<FastifyRequest, 'headers'>) => void {
  const expected = token === undefined ? undefined : digest(token);
  return ({ headers }) => {
    if (expected === undefined) throw httpProblem(403, 'changes are off; set `view.token` to allow them');
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    // Digests are of one length, and comparing them takes the same time whatever they are.
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
    throw httpProblem(401, 'this needs the header `Authorization: Bearer <token>` with the right token');
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
