import pino from 'pino';

/** Where the program tells what it does. Library code gets one passed in and never makes its own. */
export interface Log {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
}

/** Facts beside the text. Never a customer. */
type LogFields = Readonly<Record<string, unknown>>;

type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

export interface LogOptions {
  readonly level: LogLevel;
  /** `json` for programs, `text` for people. */
  readonly format: 'json' | 'text';
  /** Takes whole lines. */
  readonly write: (line: string) => void;
}

/** Creates a log of one JSON object a line (level, time, text under `msg`, fields), or of readable lines. */
export function createLog({ level, format, write }: LogOptions): Log {
  const sink = { write: format === 'json' ? write : (line: string) => write(toText(line)) };
  const logger = pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, sink);
  return {
    debug: (text, fields) => logger.debug(fields ?? {}, text),
    info: (text, fields) => logger.info(fields ?? {}, text),
    warn: (text, fields) => logger.warn(fields ?? {}, text),
    error: (text, fields) => logger.error(fields ?? {}, text),
  };
}

function toText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const at = new Date(time as number).toISOString().slice(11, 19);
  const facts = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${at} ${level} ${msg}${facts.join('')}\n`;
}
