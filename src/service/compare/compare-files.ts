import { SegtideError } from '../../errors.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import { type ReadWindowsOptions, readWindows } from '../cluster/read-windows.js';
import type { Config } from '../config/schema.js';
import type { GatherDeps } from '../model/gather-windows.js';
import type { DrawChart } from '../report/render-report.js';
import { bestForRun } from './best-for-run.js';
import { type CompareWindowsOptions, compareWindows } from './compare-windows.js';
import type { ComparisonReport } from './comparison-report.js';
import type { EncoderCandidate } from './encoder-candidates.js';
import { gatherComparison } from './gather-comparison.js';
import { rankCandidates } from './rank-candidates.js';
import { renderComparisonPage } from './render-comparison-page.js';
import { winnerConfig } from './winner-config.js';

export interface CompareFilesOptions extends ReadWindowsOptions, Omit<CompareWindowsOptions, 'now' | 'signal'> {
  /** Where the winner's config goes. */
  readonly output?: string | undefined;
  /** The keys that were given, with those of an encoder, without defaults. */
  readonly keysOf: (candidate: EncoderCandidate) => Readonly<Record<string, unknown>>;
  /** Where the HTML page goes. */
  readonly report?: string | undefined;
  readonly draw: () => Promise<DrawChart>;
  /** Told whose maps the page is about to get. */
  readonly onShown: (encoder: string) => void;
  /** Told why there is no page: the ranking, which took its time, is there all the same. */
  readonly onPageFailed: (error: unknown) => void;
}

/**
 * Compares encoders and methods on the windows of files.
 *
 * @throws SegtideError `input` where a file can't be read, `config` where nothing could be compared, `output` where the
 * config can't be written, `aborted` on request
 */
export async function compareFiles(
  config: Config,
  { kind, labelColumn, labelFile, output, keysOf, report, draw, onShown, onPageFailed, ...how }: CompareFilesOptions,
  deps: GatherDeps & { readonly signal: AbortSignal },
): Promise<ComparisonReport> {
  const { now } = deps.clock;
  const began = now();
  const read = await readWindows(config, { kind, labelColumn, labelFile }, deps);
  const { candidates, failures, clusterings, unusable } = await compareWindows(read, {
    ...how,
    now,
    signal: deps.signal,
  });
  const labelled = read.labels?.filter((label) => label !== '').length ?? null;
  const rankedBy = labelled === null || labelled === 0 ? 'stability and silhouette of series' : 'ari';
  const ranked = rankCandidates(candidates, rankedBy);
  if (ranked.length === 0) {
    const reasons = failures.map(
      ({ encoder, method, why }) => `${method === null ? encoder : `${encoder}, ${method}`}: ${why}`,
    );
    const told = reasons.length === 1 ? ` ${reasons[0]}` : reasons.map((reason) => `\n  ${reason}`).join('');
    throw new SegtideError('config', `nothing could be compared:${told}`);
  }
  const winner = output === undefined ? undefined : bestForRun(ranked, how.encoders);
  if (output !== undefined && winner !== undefined) {
    const chosen = how.encoders.find(({ name }) => name === winner.encoder)!;
    await writeWholeFile(output, winnerConfig(keysOf(chosen), winner, kind));
  }
  if (output !== undefined && winner === undefined) {
    deps.log.warn(`${output} is not written: no encoder finds more than one cluster in these windows`);
  }
  const found: ComparisonReport = {
    files: config.input.paths,
    n: read.windows.length,
    unusable,
    labelled,
    seeds: how.seeds,
    rankedBy,
    candidates: ranked,
    failures,
    config: winner === undefined ? null : output!,
    configRank: winner?.rank ?? null,
    page: report ?? null,
    seconds: (now() - began) / 1000,
  };
  if (report === undefined) return found;
  try {
    const shown = await gatherComparison(found, clusterings, onShown, deps.signal);
    await writeWholeFile(report, renderComparisonPage(shown, await draw(), now()));
    return found;
  } catch (error) {
    if (deps.signal.aborted) throw error;
    onPageFailed(error);
    return { ...found, page: null };
  }
}
