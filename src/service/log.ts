import pino from 'pino';

/** Where the program tells what it does. Library code gets one passed in and never makes its own. */
export interface Log {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
}

/** Facts beside the text. Never a customer: what is named like one is masked. */
type LogFields = Readonly<Record<string, unknown>>;

type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

export interface LogOptions {
  readonly level: LogLevel;
  /** `json` for programs, `text` for people. */
  readonly format: 'json' | 'text';
  /** Takes whole lines. */
  readonly write: (line: string) => void;
  /** Texts that are masked wherever they stand, as in what a server or a library says. @default none */
  readonly secrets?: readonly string[];
}

/** Creates a log of one JSON object a line (level, time, text under `msg`, fields), or of readable lines. */
export function createLog({ level, format, write, secrets = [] }: LogOptions): Log {
  const mask = createMask(secrets);
  const sink = { write: (line: string) => write(format === 'json' ? mask(line) : toText(mask(line))) };
  const logger = pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...CUSTOMER_FIELDS], censor: MASK },
    },
    sink,
  );
  return {
    debug: (text, fields) => logger.debug(fields ?? {}, text),
    info: (text, fields) => logger.info(fields ?? {}, text),
    warn: (text, fields) => logger.warn(fields ?? {}, text),
    error: (text, fields) => logger.error(fields ?? {}, text),
  };
}

const MASK = '********';
/** Names under which a customer could come into a line by mistake. */
const CUSTOMER_FIELDS = ['customer', 'customerId', 'key', '*.customer', '*.customerId', '*.key'];
/** What is shorter stands in many words, and masking it would tell more than it hides. */
const LEAST_SECRET = 4;

/** Takes secrets out of a line of JSON. */
function createMask(secrets: readonly string[]): (line: string) => string {
  const written = secrets
    .filter((secret) => secret.length >= LEAST_SECRET)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    // One may be part of another.
    .sort((a, b) => b.length - a.length);
  return (line) => written.reduce((text, secret) => text.replaceAll(secret, MASK), line);
}

function toText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const at = new Date(time as number).toISOString().slice(11, 19);
  const facts = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${at} ${level} ${msg}${facts.join('')}\n`;
}
