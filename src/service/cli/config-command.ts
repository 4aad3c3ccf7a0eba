import type { Command } from 'commander';
import { SegtideError } from '../../errors.js';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

interface ConfigFlags {
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
}

interface SchemaFlags {
  readonly markdown?: boolean;
  readonly output?: string;
}

/** `segtide config`: check, show and document a config file. */
export function addConfigCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const config = program
    .command('config')
    .summary('check or print a config file')
    .description('Works on config files; nothing is run.')
    .addHelpText('after', EXAMPLES);
  const { out } = terminal;

  withConfig(config.command('check').description('check a config file, listing all problems')).action(
    async (file: string | undefined, flags: ConfigFlags) => {
      const { checkConfig } = await import('./config-actions.js');
      outcome.exitCode = checkConfig(fileOf(file, flags), flags, terminal);
    },
  );
  withConfig(config.command('print').description('print the config in effect, secrets masked')).action(
    async (file: string | undefined, flags: ConfigFlags) => {
      const { printEffective } = await import('./config-actions.js');
      out.write(printEffective(fileOf(file, flags), flags, terminal));
    },
  );
  config
    .command('schema')
    .description('print the JSON Schema, for editors')
    .option('--markdown', 'print the reference of all keys instead')
    .option('-o, --output <file>', 'write to a file')
    .action(async ({ markdown = false, output }: SchemaFlags) => {
      const { writeSchema } = await import('./config-actions.js');
      writeSchema(markdown, output, terminal);
    });
}

/** The file may be named as it is for the commands that run something, or by itself. */
function fileOf(file: string | undefined, { config }: ConfigFlags): string | undefined {
  if (file === undefined || config === undefined || file === config) return file ?? config;
  throw new SegtideError('config', `two config files are named, ${file} and --config ${config}; name one`);
}

function withConfig(command: Command): Command {
  return command
    .argument('[file]', 'config file, as with --config')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set a key over the file; repeatable', collect)
    .option('--json', 'print JSON');
}

const EXAMPLES = `
Examples:
  segtide config check segtide.yaml
  SEGTIDE_WINDOW__STEPS=24 segtide config print --set cluster.k=8
  segtide config schema --output segtide.schema.json`;
