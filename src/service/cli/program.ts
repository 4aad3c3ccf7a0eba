import { Command, CommanderError } from 'commander';
import { addClusterCommand } from './cluster-command.js';
import { addCompareCommand } from './compare-command.js';
import { addConfigCommand } from './config-command.js';
import { addDemoCommand } from './demo-command.js';
import { addDoctorCommand } from './doctor-command.js';
import { addEvaluateCommand } from './evaluate-command.js';
import { EXIT_CODE_HELP, EXIT_CODES, type Outcome } from './exit-code.js';
import { addForgetCommand } from './forget-command.js';
import { addInitCommand, addInspectCommand } from './inspect-command.js';
import { addModelsCommand } from './models-command.js';
import { packageVersion } from './package-path.js';
import { addReplayCommand } from './replay-command.js';
import { addReportCommand } from './report-command.js';
import { reportError, writeFailure } from './report-error.js';
import { addNotifyCommand, addTrainerCommand, addWorkerCommand } from './role-command.js';
import { addRunCommand } from './run-command.js';
import { addSegmentsCommand } from './segments-command.js';
import { addSimulateCommand } from './simulate-command.js';
import type { Terminal } from './terminal.js';
import { addTopicsCommand } from './topics-command.js';
import { addTrainCommand } from './train-command.js';
import { addViewCommand } from './view-command.js';

/**
 * The command line. Only commander is loaded here, so that `--help` is quick: a command imports what it needs when it
 * runs.
 *
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT_CODES.ok };
  const style = { json: args.includes('--json'), debug: args.includes('--debug') };
  const program = createProgram(terminal, outcome, style.json);
  try {
    await program.parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.ok;
      const message = error.message.replace(/^error: /, '');
      // As text, commander has told it already.
      if (style.json) writeFailure({ code: 'config', message, retriable: false }, true, terminal);
      return EXIT_CODES.config;
    }
    return reportError(error, style, terminal);
  }
}

function createProgram(terminal: Terminal, outcome: Outcome, json: boolean): Command {
  const program = new Command('segtide')
    .description('Live segments of customers from streams of usage events.')
    .version(packageVersion())
    .option('--debug', 'show stack traces')
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      getOutHelpWidth: () => Math.min(terminal.out.columns ?? 100, 100),
      outputError: (text, write) => json || write(text.replace(/^error: /, 'segtide: ')),
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', EXAMPLES)
    .helpCommand('help [command]', 'show help for a command');
  // Commands that are added later take over output, exit and suggestions from the program.
  addInspectCommand(program, terminal, outcome);
  addInitCommand(program, terminal, outcome);
  addRunCommand(program, terminal, outcome);
  addWorkerCommand(program, terminal, outcome);
  addTrainerCommand(program, terminal, outcome);
  addViewCommand(program, terminal, outcome);
  addReportCommand(program, terminal, outcome);
  addNotifyCommand(program, terminal, outcome);
  addReplayCommand(program, terminal, outcome);
  addForgetCommand(program, terminal);
  addDemoCommand(program, terminal, outcome);
  addSimulateCommand(program, terminal, outcome);
  addTrainCommand(program, terminal, outcome);
  addEvaluateCommand(program, terminal, outcome);
  addClusterCommand(program, terminal, outcome);
  addCompareCommand(program, terminal, outcome);
  addModelsCommand(program, terminal);
  addSegmentsCommand(program, terminal);
  addTopicsCommand(program, terminal, outcome);
  addConfigCommand(program, terminal, outcome);
  addDoctorCommand(program, terminal, outcome);
  return program;
}

const EXAMPLES = `
Examples:
  segtide demo flights                       segments of 4,037 aircraft by a year of real flights
  segtide run usage.ndjson                   segments of your own events
  segtide inspect usage.csv                  what a file holds, and how to cut it
  segtide init usage.csv && segtide run      a config for it, and segments
  segtide report segtide-out                 what the newest run found, as one HTML page

${EXIT_CODE_HELP}

Set NO_COLOR for plain text. Docs: docs/cli.md, docs/configuration.md`;
