import { useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { FlowsAnswer } from '../../service/view/api/answers.js';
import { axis, Chart, SILENT } from '../chart.js';
import { colourOf, cssColour } from '../colours.js';
import { count, counted, day, plain, short } from '../format.js';
import { useResource } from '../live.js';
import { Bar, Missing, Panel, SegmentTag } from '../parts.js';

/** Who moves from where to where, and why. */
export function FlowsView() {
  const [range, setRange] = useState<'last' | 'all'>('last');
  const path = range === 'last' ? '/api/flows' : '/api/flows?from=0';
  const resource = useResource<FlowsAnswer>(path, ['transitions', 'segments']);
  const { value } = resource;
  if (value === undefined || value.windows.length === 0)
    return <Missing of={resource}>Nobody has changed segment yet.</Missing>;
  const moved = value.flows.reduce((sum, { customers }) => sum + customers, 0);
  const last = value.windowEnds.at(-1);
  return (
    <>
      <Panel title="Moves over time" note="customers who changed segment, by cause">
        <CauseChart windows={value.windows} />
        <ul class="legend">
          {CAUSES.map(([cause, words, colour]) => (
            <li key={cause} style={{ borderColor: cssColour(colour) }}>
              <b>{cause}</b> {words}
            </li>
          ))}
        </ul>
      </Panel>
      <Panel
        title="From where to where"
        note={`${counted(moved, 'move')} ${range === 'last' ? `in windows to ${day(last)}` : 'over all windows'}`}
        tools={
          <label>
            Windows{' '}
            <select value={range} onChange={(event) => setRange(event.currentTarget.value as 'last' | 'all')}>
              <option value="last">the last</option>
              <option value="all">all</option>
            </select>
          </label>
        }
      >
        <Matrix flows={value.flows} />
      </Panel>
      <Panel title="Largest moves" note="with names that each model gave alike, or people did">
        <ol class="flows">
          {value.flows.slice(0, 12).map(({ from, to, fromName, toName, customers, byBehaviour }) => (
            <li key={`${from}/${to}`}>
              <span>
                <SegmentTag id={from} name={fromName ?? undefined} /> <span aria-hidden="true">→</span>
                <span class="hidden"> to </span> <SegmentTag id={to} name={toName ?? undefined} />
              </span>
              <Bar share={customers / value.flows[0]!.customers} colour={colourOf(to)} />
              <span>
                <b>{count(customers)}</b> <span class="quiet">{count(byBehaviour)} by behaviour</span>
              </span>
            </li>
          ))}
        </ol>
      </Panel>
    </>
  );
}

const CAUSES = [
  ['behaviour', 'the customer changed', '--accent'],
  ['both', 'neither alone explains it', '--warn'],
  ['model', 'only the model changed', '--quiet'],
] as const;

function CauseChart({ windows }: { readonly windows: FlowsAnswer['windows'] }) {
  const data = [
    windows.map(({ windowEnd }) => windowEnd / 1000),
    ...CAUSES.map(([cause]) => windows.map((one) => one[cause])),
  ];
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    ...SILENT,
    padding: [6, 30, 0, 0],
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      axis({ size: 22, grid: { show: false }, space: 80, values: (_, splits) => splits.map((at) => day(at * 1000)) }),
      axis({ size: 44, values: (_, splits) => splits.map(short) }),
    ],
    series: [
      {},
      ...CAUSES.map(([, , colour], i) => ({
        stroke: cssColour(colour),
        width: 2,
        dash: i === 0 ? [] : i === 1 ? [6, 3] : [2, 3],
        points: { show: windows.length < 30, size: 5, fill: cssColour(colour) },
      })),
    ],
  });
  return (
    <Chart
      label="Customers who changed segment over time, by cause"
      height={180}
      data={data as uPlot.AlignedData}
      options={options}
      shape={String(windows.length < 30)}
    />
  );
}

/** Segments of the matrix: of more, only the busiest are shown. */
const MOST = 24;

function Matrix({ flows }: { readonly flows: FlowsAnswer['flows'] }) {
  const totals = new Map<string, number>();
  for (const { from, to, customers } of flows) {
    totals.set(from, (totals.get(from) ?? 0) + customers);
    totals.set(to, (totals.get(to) ?? 0) + customers);
  }
  const busiest = [...totals]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST)
    .map(([id]) => id);
  const ids = busiest.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const of = new Map(flows.map((flow) => [`${flow.from}\n${flow.to}`, flow.customers]));
  const most = Math.max(1, ...of.values());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="Moves between segments">
      <table class="matrix">
        <caption class="hidden">
          Customers by the segment they left, in rows, and the one they came to, in columns
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="quiet">from ↓ to →</span>
            </th>
            {ids.map((id) => (
              <th key={id} scope="col">
                <SegmentTag id={id} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ids.map((from) => (
            <tr key={from}>
              <th scope="row">
                <SegmentTag id={from} />
              </th>
              {ids.map((to) => (
                <Cell key={to} customers={of.get(`${from}\n${to}`) ?? 0} most={most} isSame={from === to} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {totals.size > MOST && (
        <p class="small">
          The {MOST} busiest of {plain(String(totals.size))} segments.
        </p>
      )}
    </section>
  );
}

function Cell({
  customers,
  most,
  isSame,
}: {
  readonly customers: number;
  readonly most: number;
  readonly isSame: boolean;
}) {
  if (isSame) return <td class="same">·</td>;
  if (customers === 0) return <td />;
  // By the root, so that what is small is still seen.
  const strength = Math.round(6 + 36 * Math.sqrt(customers / most));
  return (
    <td style={{ background: `color-mix(in srgb, var(--accent) ${strength}%, transparent)` }}>{short(customers)}</td>
  );
}
