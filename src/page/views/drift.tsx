import { useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { DriftAnswer } from '../../service/view/api/answers.js';
import { Chart, SILENT } from '../chart.js';
import { cssColour } from '../colours.js';
import { count, counted, day, figure, plain } from '../format.js';
import { useResource } from '../live.js';
import { Missing, Panel, SegmentTag, Severity } from '../parts.js';

type Report = DriftAnswer['reports'][number];

const LAYERS = ['input', 'embedding', 'assignment', 'model'];

/** What drifts, what drifted most, and how near the rest is to its thresholds. */
export function DriftView() {
  const resource = useResource<DriftAnswer>('/api/drift', ['drift']);
  const [layer, setLayer] = useState('');
  const { value } = resource;
  if (value === undefined || value.reports.length === 0) {
    return <Missing of={resource}>No report yet: there must be a model and windows to compare.</Missing>;
  }
  const drifted = value.reports.filter((report) => report.drifted);
  const shown = value.reports.filter((report) => layer === '' || report.layer === layer);
  return (
    <>
      <Panel
        title="What drifts"
        note={
          drifted.length === 0
            ? 'nothing is beyond its threshold'
            : `${counted(drifted.length, 'statistic')} of ${value.reports.length}, the farthest beyond first`
        }
      >
        {drifted.length > 0 && (
          <ul class="rows">
            {drifted.slice(0, 8).map((report) => (
              <li key={keyOf(report)} class="drifted">
                <Severity of={report.severity} />
                <span class="what">
                  <b>{plain(report.statistic)}</b> of <Subject report={report} /> is {figure(report.value)},{' '}
                  {figure(report.value / report.threshold)} times its threshold of {figure(report.threshold)}
                  <span class="quiet">
                    {' '}
                    · {report.layer}
                    {report.since !== null && ` · since ${day(report.since)}`}
                    {report.action !== 'none' && ` · led to ${report.action}`}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel
        title="All statistics"
        note={`windows to ${day(Math.max(...value.reports.map(({ currentEnd }) => currentEnd)))}; the mark is the threshold. A bar beyond it counts where its test finds it significant, too, and where the last round still tells of it`}
        tools={
          <label>
            Layer{' '}
            <select value={layer} onChange={(event) => setLayer(event.currentTarget.value)}>
              <option value="">all</option>
              {LAYERS.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        }
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label="Drift statistics">
          <table class="drift">
            <thead>
              <tr>
                <th>layer</th>
                <th>subject</th>
                <th>statistic</th>
                <th class="number">value</th>
                <th>against its threshold</th>
                <th>course</th>
                <th class="number">windows</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((report) => (
                <tr key={keyOf(report)} class={report.drifted ? 'drifted' : ''}>
                  <td>{report.layer}</td>
                  <td>
                    <Subject report={report} />
                    {report.past && <span class="quiet"> until {day(report.currentEnd)}</span>}
                  </td>
                  <td>{plain(report.statistic)}</td>
                  <td class="number">
                    {figure(report.value)}
                    {report.drifted && <span class="hidden"> drifted</span>}
                  </td>
                  <td>
                    <Gauge report={report} />
                  </td>
                  <td>
                    <Course report={report} />
                  </td>
                  <td class="number">{count(report.nCurrent)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
    </>
  );
}

function keyOf({ layer, subject, statistic }: Report): string {
  return `${layer}/${subject}/${statistic}`;
}

function Subject({ report: { layer, subject } }: { readonly report: Report }) {
  return layer !== 'input' && /^s\d+$/.test(subject) ? <SegmentTag id={subject} /> : <span>{plain(subject, 40)}</span>;
}

/** Value against threshold: the mark lies at two thirds, and what is beyond the end is full. */
function Gauge({ report: { value, threshold, drifted } }: { readonly report: Report }) {
  const part = threshold > 0 ? Math.min(1, Math.max(0, value / threshold) / 1.5) : 0;
  return (
    <span class="gauge" role="img" aria-label={`${figure(value)} against ${figure(threshold)}`}>
      <span class={drifted ? 'beyond' : ''} style={{ width: `${part * 100}%` }} />
    </span>
  );
}

function Course({ report: { history, threshold } }: { readonly report: Report }) {
  if (history.length < 2) return <span class="quiet">–</span>;
  const data = [
    history.map(({ currentEnd }) => currentEnd / 1000),
    history.map(({ value }) => value),
    history.map(() => threshold),
  ];
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    ...SILENT,
    padding: [2, 2, 2, 2],
    axes: [{ show: false }, { show: false }],
    scales: { y: { range: (_, min, max) => [Math.min(0, min), max * 1.05 || 1] } },
    series: [
      {},
      { stroke: cssColour('--accent'), width: 1.5, points: { show: false } },
      { stroke: cssColour('--bad'), width: 1, dash: [3, 3], points: { show: false } },
    ],
  });
  return (
    <Chart
      label={`Its last ${history.length} values`}
      height={26}
      data={data as uPlot.AlignedData}
      options={options}
      shape=""
    />
  );
}
