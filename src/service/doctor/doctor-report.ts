import type { EngineReport } from '../../encode/vrae/engines/open-engine.js';

/** What `segtide doctor` found. Plain JSON, as `--json` prints it. */
export interface DoctorReport {
  /** Whether segtide can run here. */
  readonly ready: boolean;
  /** What keeps it from running; empty where it is ready. */
  readonly problems: readonly DoctorProblem[];
  readonly version: string;
  readonly node: { readonly version: string; readonly needed: string };
  readonly machine: Machine;
  /** In the order in which `auto` prefers them. */
  readonly engines: readonly EngineReport[];
  /** The engine that runs, and why; null where none does. */
  readonly engine: { readonly name: EngineReport['name']; readonly why: string } | null;
  readonly selfTest: SelfTest | null;
  /** Packages that add something where they are installed; version null where they are not. */
  readonly optionalPackages: readonly { readonly name: string; readonly version: string | null }[];
  /** The folder that results would go to; null where no config was named, or results go elsewhere. */
  readonly output: OutputCheck | null;
}

export interface DoctorProblem {
  /** As in `SegtideError`; decides the exit code. */
  readonly code: 'unexpected' | 'config' | 'encoder' | 'output';
  readonly text: string;
}

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly processor: string;
  readonly cores: number;
  /** Vector instructions that engines know to use; null where the system does not tell. */
  readonly features: readonly string[] | null;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Most that the JavaScript heap may grow to. */
  readonly heapLimitBytes: number;
}

export interface SelfTest {
  readonly agrees: boolean;
  /** Largest difference of an embedding from the js engine's, relative to the largest embedding. */
  readonly difference: number;
  /** In series of 24 steps with 32 hidden units. */
  readonly windowsPerSecond: number;
}

export interface OutputCheck {
  readonly path: string;
  readonly writable: boolean;
  /** Why it is not writable; null where it is. */
  readonly reason: string | null;
  /** Space on its disk. */
  readonly freeBytes: number | null;
}
