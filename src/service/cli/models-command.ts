import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide models export`, as written. */
export interface ExportFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly reconstruction: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Flags of those that look at, or change, the models of a run or a deployment. */
export interface ModelsFlags {
  readonly config?: string;
  readonly set?: string[];
  /** Output folder of a run. */
  readonly output?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly reason?: string;
  readonly fresh?: boolean;
  readonly keep?: string;
}

/** `segtide models`: the models of a run or a deployment, and what can be done with model files. */
export function addModelsCommand(program: Command, terminal: Terminal): void {
  const models = program
    .command('models')
    .summary('list, promote, roll back or export models')
    .description(
      'Shows the models of a run (--output) or of workers and a trainer on Kafka (--config) with what their gate compared, asks the trainer for another one, or exports a model file.',
    )
    .addHelpText('after', MODELS_EXAMPLES);
  withPlace(models.command('list').description('print every model that is kept or told of')).action(
    async (flags: ModelsFlags) => (await actions()).listModels(flags, terminal),
  );
  withPlace(models.command('show').description('print all that is known of one model'))
    .argument('[version]', 'the model, or how its name begins; the one in force where none is named')
    .action(async (version: string | undefined, flags: ModelsFlags) =>
      (await actions()).showModel(version, flags, terminal),
    );
  withReason(
    models.command('promote').description('put a model into force: a former one, or one that the gate refused'),
  )
    .argument('<version>', 'the model, or how its name begins')
    .action(async (version: string, flags: ModelsFlags) => (await actions()).promoteModel(version, flags, terminal));
  withReason(
    models.command('rollback').description('put the model into force again that was before the one in force'),
  ).action(async (flags: ModelsFlags) => (await actions()).rollBack(flags, terminal));
  withReason(models.command('retrain').description('train a challenger now, or as soon as one may be'))
    .option('--fresh', 'begin from new weights and not from those of the model in force')
    .action(async (flags: ModelsFlags) => (await actions()).retrain(flags, terminal));
  withReason(models.command('prune').description('keep fewer former models than `model.keep`, from now until the next'))
    .requiredOption('--keep <models>', 'former models to keep, and as many refused ones')
    .action(async (flags: ModelsFlags) => (await actions()).pruneModels(flags, terminal));
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

const actions = () => import('./models-actions.js');

function withPlace(command: Command): Command {
  return command
    .option(
      '-o, --output <folder>',
      'output folder of a run; left out, what the config names, else the newest run in segtide-out',
    )
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key; repeatable', collect)
    .option('--json', 'print JSON');
}

function withReason(command: Command): Command {
  return withPlace(command)
    .option('--reason <text>', 'why, for the history')
    .option('-q, --quiet', 'print errors only');
}

const MODELS_EXAMPLES = `
Examples:
  segtide models list --output out
  segtide models show v3 --config segtide.yaml --json
  segtide models rollback --output out --reason 'segments of night shifts fell apart'
  segtide models promote v2 --config segtide.yaml
  segtide models retrain --fresh
  segtide models prune --keep 2`;

const EXAMPLES = `
Examples:
  segtide models export usage.safetensors
  segtide models export usage.safetensors --output served/usage.onnx --no-reconstruction`;
