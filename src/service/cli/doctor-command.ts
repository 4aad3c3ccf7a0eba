import type { Command } from 'commander';
import { EXIT_CODES, exitCodeOf, type Outcome } from './exit-code.js';
import { type Terminal, wantsColor } from './terminal.js';

interface DoctorFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** `segtide doctor`: whether segtide can run here, on which engine, and why. */
export function addDoctorCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  program
    .command('doctor')
    .summary('tell whether segtide can run here, and on which engine')
    .description(
      'Looks at Node, processor, memory and engines, and tries the engine that would run for a second. With a config, it looks at the engine and the output folder that it names, too. Leaves nothing behind.',
    )
    .option('-c, --config <file>', 'config file')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ config: path, json = false }: DoctorFlags) => {
      const [{ performance }, { examine }, { readConfig }, { renderDoctor }] = await Promise.all([
        import('node:perf_hooks'),
        import('../doctor/examine.js'),
        import('./read-config.js'),
        import('../summary/render-doctor.js'),
      ]);
      const named = path ?? terminal.env.SEGTIDE_CONFIG;
      const config = named === undefined ? undefined : readConfig(named, [], terminal.env);
      const report = await examine(config, () => performance.now());
      const { out, env } = terminal;
      const style = { width: out.columns ?? (Number(env.COLUMNS) || 80), color: wantsColor(terminal, out) };
      out.write(json ? `${JSON.stringify(report)}\n` : renderDoctor(report, style));
      const [problem] = report.problems;
      if (problem === undefined) outcome.exitCode = EXIT_CODES.ok;
      else outcome.exitCode = exitCodeOf(problem.code === 'unexpected' ? undefined : problem.code);
    });
}

const EXAMPLES = `
Examples:
  segtide doctor
  segtide doctor --config segtide.yaml --json`;
