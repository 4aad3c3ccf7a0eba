import { type Tracer, trace } from '@opentelemetry/api';
import { packageVersion } from '../cli/package-path.js';

/**
 * The tracer of segtide's services. It does nothing until a program registers an SDK of OpenTelemetry, as by
 * `node --import`: docs/operations.md tells how.
 */
export function segtideTracer(): Tracer {
  return trace.getTracer('segtide', packageVersion());
}
