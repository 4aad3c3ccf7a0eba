import { readFileSync } from 'node:fs';

/** The most memory that this process has held resident, bytes. */
export function peakMemory(): number {
  // On Linux `maxRSS` of a new process counts what its parent held; what the system tells of the process itself does not.
  const told = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus());
  return 1024 * (told === null ? process.resourceUsage().maxRSS : Number(told[1]));
}

/** Empty where there is none. */
function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
