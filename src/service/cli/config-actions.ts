import { configShape } from '../config/config-shape.js';
import { maskSecrets } from '../config/mask-secrets.js';
import { printConfig } from '../config/print-config.js';
import { renderReference } from '../config/render-reference.js';
import { resolveStages } from '../config/resolve-stages.js';
import { EXIT_CODES } from './exit-code.js';
import { readConfig } from './read-config.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { writeText } from './write-text.js';

interface Flags {
  readonly set?: string[];
  readonly json?: boolean;
}

/** Tells whether a config is right; returns the exit code. */
export function checkConfig(file: string | undefined, flags: Flags, terminal: Terminal): number {
  const config = readConfig(file, sharedAssignments(flags), terminal.env);
  resolveStages(config);
  terminal.out.write(flags.json ? '{"valid":true}\n' : `the config '${config.name}' is valid\n`);
  return EXIT_CODES.ok;
}

/** The config in effect as YAML or JSON. */
export function printEffective(file: string | undefined, flags: Flags, terminal: Terminal): string {
  const config = readConfig(file, sharedAssignments(flags), terminal.env);
  return flags.json ? `${JSON.stringify(maskSecrets(config))}\n` : printConfig(config);
}

/** Writes the JSON Schema, or the reference in Markdown. */
export function writeSchema(markdown: boolean, output: string | undefined, terminal: Terminal): void {
  const text = markdown ? renderReference(configShape()) : `${JSON.stringify(configShape(), null, 2)}\n`;
  if (output === undefined) terminal.out.write(text);
  else writeText(output, text);
}
