import { STATUS_CODES } from 'node:http';

/** Media type of `Problem`, as RFC 9457 names it. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** What went wrong with a request, in the form of RFC 9457. */
export interface Problem {
  readonly type: 'about:blank';
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  /** What was wrong with this request, and what to do; absent where that is nobody's business. */
  readonly detail?: string;
}

/** @param detail left out for statuses from 500 on: what broke inside is for the log alone */
export function toProblem(status: number, detail?: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && status < 500 && { detail }),
  };
}
