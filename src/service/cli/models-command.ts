import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** Flags of `segtide models export`, as written. */
export interface ExportFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly reconstruction: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide models`: what can be done with model files. */
export function addModelsCommand(program: Command, terminal: Terminal): void {
  const models = program
    .command('models')
    .summary('export a model file')
    .description('Works on model files; nothing is run.');
  models
    .command('export')
    .summary('write a model as ONNX')
    .description(
      'Writes a model file as one ONNX graph, from prepared windows to embedding, distances and segment, for programs without segtide. Its manifest goes into the graph, and as JSON beside it.',
    )
    .argument('<model>', 'the model file')
    .option('-o, --output <file>', 'the ONNX file, written over where it is there (default: a new <model>.onnx)')
    .option('--force', 'write over <model>.onnx where no other file is named')
    .option('--no-reconstruction', 'leave out latents, reconstruction and its error, which makes it faster')
    .option('--json', 'print the manifest as JSON')
    .option('-q, --quiet', 'print errors only')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: ExportFlags) => {
      const { exportAndReport } = await import('./export-and-report.js');
      await exportAndReport(file, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide models export usage.safetensors
  segtide models export usage.safetensors --output served/usage.onnx --no-reconstruction`;
