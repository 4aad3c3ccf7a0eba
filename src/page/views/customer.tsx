import { useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { CustomerAnswer, CustomersAnswer, SegmentsAnswer } from '../../service/view/api/answers.js';
import { drawnCurves } from '../../service/view/api/drawn-curves.js';
import { axis, Chart, SILENT } from '../chart.js';
import { colourOf, cssColour } from '../colours.js';
import { CurveChart } from '../curve-chart.js';
import { counted, day, figure, percent, plain } from '../format.js';
import { useResource } from '../live.js';
import { CustomerLink, Missing, Panel, SegmentTag } from '../parts.js';
import { AlertRow } from './alerts.js';

/** The story of one customer; without an id, some to choose from. */
export function CustomerView({ id }: { readonly id: string | undefined }) {
  return id === undefined ? <Customers /> : <Story key={id} id={id} />;
}

function Customers() {
  const [prefix, setPrefix] = useState('');
  const resource = useResource<CustomersAnswer>(`/api/customers?limit=60&prefix=${encodeURIComponent(prefix)}`, [
    'assignments',
  ]);
  const { value } = resource;
  return (
    <Panel
      title="Customers"
      note="by id; open one for its story"
      tools={
        <label>
          Begins with <input value={prefix} onInput={(event) => setPrefix(event.currentTarget.value)} />
        </label>
      }
    >
      {value === undefined || value.customers.length === 0 ? (
        <Missing of={resource}>No customer of such an id.</Missing>
      ) : (
        <ul class="grid">
          {value.customers.map(({ customerId, segmentId }) => (
            <li key={customerId}>
              <CustomerLink id={customerId} /> <SegmentTag id={segmentId} />
            </li>
          ))}
        </ul>
      )}
      {value !== undefined && value.next !== null && (
        <p class="small">The first {value.customers.length}; type more of the id.</p>
      )}
    </Panel>
  );
}

function Story({ id }: { readonly id: string }) {
  const resource = useResource<CustomerAnswer>(`/api/customers/${encodeURIComponent(id)}`, [
    'assignments',
    'transitions',
    'alerts',
    'segments',
  ]);
  const segments = useResource<SegmentsAnswer>('/api/segments', ['segments', 'model-events']);
  const story = resource.value;
  if (story === undefined) {
    return (
      <Panel title={`Customer ${plain(id, 60)}`}>
        <Missing of={resource}>Not known.</Missing>
      </Panel>
    );
  }
  const segment = segments.value?.segments.find(({ segmentId }) => segmentId === story.segmentId);
  const curves = segment && drawnCurves(segment);
  const names = new Map(segments.value?.segments.map(({ segmentId, name }) => [segmentId, name]));
  return (
    <>
      <Panel
        title={`Customer ${plain(story.customerId, 60)}`}
        note={`${counted(story.assignments.length, 'window')}, ${counted(story.transitions.length, 'move')}, ${counted(story.alerts.length, 'alert')}`}
      >
        <p class="lead">
          Now in <SegmentTag id={story.segmentId} name={names.get(story.segmentId ?? '')} /> since {day(since(story))},
          by the window {day(story.windowStart)} – {day(story.windowEnd)}.
        </p>
        <Strip story={story} />
        <Course story={story} />
      </Panel>
      <div class="columns">
        <Panel title="Moves" note="segments by their names of then">
          {story.transitions.length === 0 ? (
            <p class="empty">Always in the same segment.</p>
          ) : (
            <ol class="moves">
              {[...story.transitions]
                .reverse()
                .map(({ windowEnd, from, to, fromName, toName, cause, margin, modelVersion, previousModelVersion }) => (
                  <li key={windowEnd}>
                    <span class="quiet">{day(windowEnd)}</span>
                    <span>
                      <SegmentTag id={from} name={fromName ?? undefined} /> <span aria-hidden="true">→</span>
                      <span class="hidden"> to </span> <SegmentTag id={to} name={toName ?? undefined} />
                    </span>
                    <span>
                      {WHY[cause] ?? plain(cause)}
                      {modelVersion !== previousModelVersion && ', at a change of models'}; margin {figure(margin)}
                    </span>
                  </li>
                ))}
            </ol>
          )}
        </Panel>
        <Panel title={segment === undefined ? 'Its segment' : `Typical of ${segment.segmentId}`} note={segment?.name}>
          {segment === undefined ? (
            <p class="empty">Not in a segment of the model in force.</p>
          ) : (
            <CurveChart
              label={`Typical curve of ${segment.segmentId}`}
              colour={colourOf(segment.segmentId)}
              curve={curves?.prototype[0] ?? []}
              low={curves?.bandLow[0] ?? []}
              high={curves?.bandHigh[0] ?? []}
              height={180}
            />
          )}
        </Panel>
      </div>
      <Panel title="Alerts">
        {story.alerts.length === 0 ? (
          <p class="empty">None.</p>
        ) : (
          <ul class="rows">
            {story.alerts.map((alert) => (
              <AlertRow key={alert.alertId} alert={alert} />
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

const WHY: Readonly<Record<string, string>> = {
  behaviour: 'the customer changed',
  model: 'only the model changed',
  both: 'customer or model, it can’t be told',
};

/** End of the first window of the present stay. */
function since({ assignments, segmentId }: CustomerAnswer): number | undefined {
  let start: number | undefined;
  for (const assignment of assignments) {
    if (assignment.segmentId !== segmentId) start = undefined;
    else start ??= assignment.windowEnd;
  }
  return start;
}

/** Windows in their order, each in the colour and with the id of its segment. */
function Strip({ story: { assignments, alerts } }: { readonly story: CustomerAnswer }) {
  const alerted = new Set(alerts.map(({ windowStart }) => windowStart));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="Windows on a time line">
      <ol class="strip">
        {assignments.map(({ windowStart, windowEnd, segmentId, inactive, margin }) => (
          <li
            key={windowStart}
            title={`${day(windowStart)} – ${day(windowEnd)}: ${segmentId ?? 'warming'}, margin ${figure(margin)}${inactive ? ', no usage' : ''}`}
            style={{ borderColor: colourOf(segmentId) }}
            class={inactive ? 'inactive' : ''}
          >
            <b>{segmentId === null ? '…' : plain(segmentId, 6)}</b>
            <span class="quiet">{day(windowEnd).replace(/, \d+$/, '')}</span>
            {alerted.has(windowStart) && (
              <span class="mark">
                !<span class="hidden"> alert</span>
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Course({ story: { assignments } }: { readonly story: CustomerAnswer }) {
  const data = [
    assignments.map(({ windowEnd }) => windowEnd / 1000),
    assignments.map(({ margin }) => margin),
    assignments.map(({ reconstructionError }) => reconstructionError),
  ];
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    ...SILENT,
    padding: [8, 8, 0, 0],
    scales: { margin: { range: [0, 1] }, error: { range: (_, __, max) => [0, max * 1.1 || 1] } },
    axes: [
      axis({ size: 22, grid: { show: false }, space: 80, values: (_, splits) => splits.map((at) => day(at * 1000)) }),
      axis({ scale: 'margin', size: 40, values: (_, splits) => splits.map(percent) }),
      axis({ scale: 'error', side: 1, size: 40, grid: { show: false }, values: (_, splits) => splits.map(figure) }),
    ],
    series: [
      {},
      {
        scale: 'margin',
        stroke: cssColour('--accent'),
        width: 2,
        points: { show: true, size: 5, fill: cssColour('--accent') },
      },
      { scale: 'error', stroke: cssColour('--warn'), width: 2, dash: [6, 3], points: { show: false } },
    ],
  });
  return (
    <>
      <Chart
        label="Margin of its assignments and reconstruction error over time"
        height={150}
        data={data as uPlot.AlignedData}
        options={options}
        shape=""
      />
      <ul class="legend">
        <li style={{ borderColor: cssColour('--accent') }}>
          <b>margin</b> how plainly it belongs (left)
        </li>
        <li style={{ borderColor: cssColour('--warn') }}>
          <b>reconstruction error</b> how unlike anything known (right)
        </li>
      </ul>
    </>
  );
}
