import type { Config } from '../config/schema.js';
import type { Retention } from './store/retention.js';

/** All that a view needs to know: plain data, which can go to a thread. */
export interface ViewSettings {
  readonly name: string;
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Ports after it that are tried while they are in use. */
  readonly otherPorts: number;
  /** Output folder of a run; undefined where topics are read. */
  readonly folder: string | undefined;
  /** Whose topics are read, where there is no folder. */
  readonly config: Config;
  readonly database: string | undefined;
  readonly retention: Retention;
  readonly token: string | undefined;
  /** Key of the hashes that customers are shown as; undefined to show them as they are. */
  readonly customerKey: string | undefined;
  /** PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly requestsPerMinute: number;
  readonly mostStreams: number;
}
