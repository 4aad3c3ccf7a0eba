import pc from 'picocolors';
import type { DoctorReport } from '../doctor/doctor-report.js';
import { formatCount, wrap } from './format.js';
import type { SummaryStyle } from './render-summary.js';

/** What the doctor found, for people to read. */
export function renderDoctor(report: DoctorReport, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 120));
  const good = colors.green('✓');
  const bad = colors.red('✗');
  const line = (label: string, text: string): string =>
    wrap(text, columns, `  ${label.padEnd(LABEL)}`, ' '.repeat(LABEL + 2));
  const { machine, node, engines, engine, selfTest, optionalPackages, output, problems } = report;

  const engineLines = engines.map((one) => {
    const chosen = one.name === engine?.name ? ` — runs: ${engine.why}` : '';
    const text = one.runs ? `${one.description}${chosen}` : one.reason;
    const lines = wrap(text, columns, `    ${one.name.padEnd(LABEL - 2)}`, ' '.repeat(LABEL + 2));
    return `  ${one.runs ? good : colors.dim('–')} ${lines.slice(4)}`;
  });
  if (selfTest !== null) {
    const agreement = selfTest.agrees ? 'agrees with js' : `differs from js by ${selfTest.difference.toExponential(1)}`;
    const speed = `${formatCount(selfTest.windowsPerSecond)} windows/s of 24 steps, 32 hidden units`;
    engineLines.push(`  ${selfTest.agrees ? good : bad} ${'self-test'.padEnd(LABEL - 2)}${agreement}; ${speed}`);
  }
  const parts = [
    [colors.bold(`segtide ${report.version}: ${report.ready ? 'ready' : 'not ready'}`)],
    [
      colors.bold('Machine'),
      line('Node', `${node.version} (${node.needed} or later is needed)`),
      line('platform', `${machine.platform} ${machine.arch}`),
      line('processor', `${machine.cores} × ${machine.processor}`),
      line('vectors', machine.features?.join(', ') ?? 'the system does not tell'),
      line(
        'memory',
        `${formatBytes(machine.memoryBytes)}, ${formatBytes(machine.freeMemoryBytes)} free; heap up to ${formatBytes(machine.heapLimitBytes)}`,
      ),
    ],
    [colors.bold('Engines'), ...engineLines],
    [
      colors.bold('Optional packages'),
      ...optionalPackages.map(({ name, version }) => `  ${name} ${version ?? 'is not installed'}`),
    ],
  ];
  if (output !== null) {
    const text = output.writable ? `can be written, ${formatBytes(output.freeBytes ?? 0)} free` : 'can not be written';
    parts.push([colors.bold('Output'), `  ${output.writable ? good : bad} ${output.path} ${text}`]);
  }
  if (problems.length > 0) {
    parts.push([colors.bold('Problems'), ...problems.map(({ text }) => wrap(text, columns, `  ${bad} `, '    '))]);
  }
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const LABEL = 12;

/** `16.4 GB`, in powers of ten. */
function formatBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
