import { fetchJson } from './live.js';

/** The token is kept for this tab alone, and gone with it. */
const KEY = 'segtide-token';

export function hasToken(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

/** Keeps a token that the server takes; answers why it does not, in words. */
export async function tryToken(token: string): Promise<string | undefined> {
  try {
    await fetchJson('/api/changes', { headers: { authorization: `Bearer ${token}` } });
  } catch (error) {
    return (error as Error).message;
  }
  sessionStorage.setItem(KEY, token);
  return undefined;
}

/** Asks for a change; answers what came of it, in words. */
export async function askChange(method: 'POST' | 'PUT', path: string, body: unknown, done: string): Promise<string> {
  try {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}`,
    };
    const answer = await fetchJson<{ doneBy?: string }>(path, { method, headers, body: JSON.stringify(body) });
    return answer.doneBy === undefined ? done : `asked; ${answer.doneBy}`;
  } catch (error) {
    return (error as Error).message;
  }
}
