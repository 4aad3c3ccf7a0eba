import type { Acl, Role } from './plan-acls.js';

/** Whom the rights of a role are for, where nobody says otherwise. */
export function principalOf(role: Role): string {
  return `User:segtide-${role}`;
}

/** Rights as lines of `kafka-acls.sh`, one for all resources of a kind that need the same. */
export function renderAcls(acls: readonly Acl[], brokers: readonly string[]): string {
  const lines = new Map<string, string[]>();
  for (const { role, resource, name, pattern, operations } of acls) {
    const who = `--add --allow-principal ${principalOf(role)}`;
    const what = operations.map((operation) => `--operation ${operation}`).join(' ');
    const how = pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : '';
    const line = `kafka-acls.sh --bootstrap-server ${brokers.join(',')} ${who} ${what}${how}`;
    const key = `${line}\n${resource}`;
    lines.set(key, [...(lines.get(key) ?? [line]), `--${resource} '${name}'`]);
  }
  return [...lines.values()].map((parts) => `${parts.join(' ')}\n`).join('');
}
