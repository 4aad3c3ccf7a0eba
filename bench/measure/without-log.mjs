// Loaded before a worker, makes it decide as ever and log nothing of it: what the log of decisions costs is the difference.
import { register } from 'node:module';

const HOOKS = `
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const isLog = found.url.endsWith('/service/worker/decision-log.js') && !context.parentURL.startsWith('data:');
  return isLog ? { url: 'data:text/javascript,' + encodeURIComponent(stub(found.url)), shortCircuit: true } : found;
}
const stub = (url) => \`
export * from '\${url}';
export function createDecisionLog() {
  let isEventful = false;
  const decide = () => { isEventful = true; };
  const nothing = () => undefined;
  return {
    starts: nothing, silence: nothing, wake: nothing, take: decide, page: decide,
    get isEventful() { return isEventful; },
    entry() { isEventful = false; },
  };
}\`;
`;
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
