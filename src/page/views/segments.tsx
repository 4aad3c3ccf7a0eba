import { useEffect, useState } from 'preact/hooks';
import type { SegmentAnswer, SegmentsAnswer } from '../../service/view/api/answers.js';
import { drawnCurves } from '../../service/view/api/drawn-curves.js';
import { askChange, hasToken } from '../changes.js';
import { colourOf } from '../colours.js';
import { CurveChart } from '../curve-chart.js';
import { counted, day, figure, percent, plain } from '../format.js';
import { useResource } from '../live.js';
import { Bar, CustomerLink, Missing, Panel, SegmentTag } from '../parts.js';
import { SizeChart } from '../size-chart.js';

const OUTPUTS = ['segments', 'assignments', 'model-events'];

/** All segments in force as cards; one of them may be asked for by its id. */
export function SegmentsView({ focus, changes }: { readonly focus: string | undefined; readonly changes: boolean }) {
  const resource = useResource<SegmentsAnswer>('/api/segments', OUTPUTS);
  const [channel, setChannel] = useState(0);
  const { value } = resource;
  const isThere = value?.segments.some(({ segmentId }) => segmentId === focus) === true;
  useEffect(() => {
    if (isThere) document.getElementById(`segment-${focus}`)?.scrollIntoView({ block: 'nearest' });
  }, [focus, isThere]);
  if (value === undefined || value.segments.length === 0) {
    return <Missing of={resource}>There is no model yet: windows are being collected for the first one.</Missing>;
  }
  const { over, prototype } = drawnCurves(value.segments[0]!);
  const channels = prototype.length;
  const alive = value.segments.filter(({ lineage }) => lineage !== 'retired');
  const retired = value.segments.filter(({ lineage }) => lineage === 'retired');
  return (
    <>
      <div class="above">
        <p>
          {counted(alive.length, 'segment')} of model <b>{plain(value.modelVersion ?? '', 40)}</b>. The band holds eight
          of ten members at each {over}; dashed is what the encoder makes of them.
        </p>
        {channels > 1 && (
          <label>
            Channel{' '}
            <select value={channel} onChange={(event) => setChannel(Number(event.currentTarget.value))}>
              {Array.from({ length: channels }, (_, i) => (
                <option key={i} value={i}>
                  {i + 1}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <ul class="cards">
        {alive.map((segment) => (
          <li
            key={segment.segmentId}
            id={`segment-${segment.segmentId}`}
            class={segment.segmentId === focus ? 'card focused' : 'card'}
          >
            <Card segment={segment} channel={channel} windowEnds={value.windowEnds} changes={changes} />
          </li>
        ))}
      </ul>
      {value.former.length > 0 && (
        <Panel
          title="Customers in segments of before"
          note="their latest window lies in a segment that the model in force does not know any more"
        >
          <ul class="lines">
            {value.former.map(({ segmentId, name, customers }) => (
              <li key={segmentId}>
                <SegmentTag id={segmentId} name={name} /> {counted(customers, 'customer')}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {retired.length > 0 && (
        <Panel title="Retired by this model">
          <ul class="lines">
            {retired.map(({ segmentId, name, into }) => (
              <li key={segmentId}>
                <SegmentTag id={segmentId} name={name} /> went to <Parts of={into} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

interface CardProps {
  readonly segment: SegmentAnswer;
  readonly channel: number;
  readonly windowEnds: readonly number[];
  readonly changes: boolean;
}

function Card({ segment, channel, windowEnds, changes }: CardProps) {
  const { segmentId, name, madeName, advice, lineage, customers, share, sizes } = segment;
  const colour = colourOf(segmentId);
  const curves = drawnCurves(segment);
  return (
    <article aria-label={`Segment ${segmentId}, ${plain(name)}`}>
      <header>
        <h2>
          <span class="swatch" style={{ background: colour }} />
          {plain(segmentId, 12)} <span class="name">{plain(name, 60)}</span>
        </h2>
        <p class="share">
          <b>{percent(share)}</b> <Bar share={share} colour={colour} /> {counted(customers, 'customer')}
        </p>
      </header>
      <CurveChart
        label={`Typical curve of ${segmentId}: mean ${figure(segment.level)} per step, trend ${percent(segment.trend)}`}
        colour={colour}
        curve={curves.prototype[channel] ?? []}
        low={curves.bandLow[channel] ?? []}
        high={curves.bandHigh[channel] ?? []}
        decoded={curves.decoded?.[channel]}
      />
      <dl class="facts">
        <Fact name="level" value={figure(segment.level)} />
        <Fact name="trend" value={percent(segment.trend)} />
        <Fact name="volatility" value={figure(segment.volatility)} />
        <Fact
          name="season"
          value={segment.seasonLag > 0 ? `${percent(segment.seasonality)} @ ${segment.seasonLag}` : 'none'}
        />
        <Fact name="forecastable" value={percent(segment.forecastability)} />
        <Fact name="inactive" value={percent(segment.inactiveShare)} />
      </dl>
      <p class="chips">
        <span class="chip" title={ADVICE[advice] ?? advice}>
          {ADVICE[advice] ?? plain(advice)}
        </span>
        <span class="chip">{lineage}</span>
        {name !== madeName && <span class="chip">looks {plain(madeName, 40)}</span>}
      </p>
      <SizeChart
        label={`Windows of ${segmentId} over time`}
        windowEnds={windowEnds}
        series={[{ segmentId, sizes }]}
        height={64}
      />
      <p class="small">
        windows to {day(windowEnds[0])} – {day(windowEnds.at(-1))}
        {segment.medoidCustomer !== null && (
          <>
            {' · typical: '}
            <CustomerLink id={segment.medoidCustomer} />
          </>
        )}
      </p>
      {segment.from.length > 1 && (
        <p class="small">
          from <Parts of={segment.from} />
        </p>
      )}
      {changes && hasToken() && <Rename segmentId={segmentId} name={name} />}
    </article>
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  model: 'needs a forecasting model',
  rule: 'a simple rule is enough',
  inactive: 'inactive',
};

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Parts({ of }: { readonly of: readonly { readonly segmentId: string; readonly share: number }[] }) {
  return (
    <>
      {of.slice(0, 4).map(({ segmentId, share }, i) => (
        <span key={segmentId}>
          {i > 0 && ', '}
          {percent(share)} <SegmentTag id={segmentId} />
        </span>
      ))}
    </>
  );
}

function Rename({ segmentId, name }: { readonly segmentId: string; readonly name: string }) {
  const [text, setText] = useState(name);
  const [told, setTold] = useState('');
  const rename = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTold(await askChange('PUT', `/api/segments/${encodeURIComponent(segmentId)}/name`, { name: text }, 'renamed'));
  };
  return (
    <form class="inline" onSubmit={rename}>
      <input
        aria-label={`Name of ${segmentId}`}
        value={text}
        maxLength={200}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Rename</button>
      <span role="status">{told}</span>
    </form>
  );
}
