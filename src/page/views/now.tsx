import type { AlertsAnswer, ModelEventsAnswer, SegmentsAnswer, SummaryAnswer } from '../../service/view/api/answers.js';
import { colourOf } from '../colours.js';
import { count, counted, day, figure, percent, plain, short } from '../format.js';
import { type Live, useResource } from '../live.js';
import { Missing, Panel, SegmentTag } from '../parts.js';
import { SizeChart } from '../size-chart.js';
import { AlertRow } from './alerts.js';
import { EventRow } from './models.js';

interface NowProps {
  readonly live: Live | undefined;
  readonly summary: SummaryAnswer | undefined;
}

/** What is happening now, on one screen. */
export function NowView({ live, summary }: NowProps) {
  const segments = useResource<SegmentsAnswer>('/api/segments', ['segments', 'assignments', 'model-events']);
  const alerts = useResource<AlertsAnswer>('/api/alerts?limit=6', ['alerts']);
  const models = useResource<ModelEventsAnswer>('/api/models?limit=4', ['model-events']);
  return (
    <>
      <Figures live={live} summary={summary} />
      <Training live={live} />
      <div class="columns">
        <Panel title="Segments over time" note="windows by the end of their time">
          <Courses segments={segments.value} />
          {segments.value === undefined && <Missing of={segments}>No model yet.</Missing>}
        </Panel>
        <Panel title="Latest alerts" tools={<a href="#/alerts">all alerts</a>}>
          {alerts.value === undefined || alerts.value.alerts.length === 0 ? (
            <Missing of={alerts}>None so far.</Missing>
          ) : (
            <ul class="rows">
              {alerts.value.alerts.map((alert) => (
                <AlertRow key={alert.alertId} alert={alert} />
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Panel title="Latest models" tools={<a href="#/models">all models</a>}>
        {models.value === undefined || models.value.events.length === 0 ? (
          <Missing of={models}>No training has ended yet.</Missing>
        ) : (
          <ul class="rows">
            {models.value.events.map((event) => (
              <EventRow key={`${event.modelVersion}/${event.event}/${event.eventTime}`} event={event} />
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

function Figures({ live, summary }: NowProps) {
  const progress = live?.progress ?? summary?.progress ?? null;
  const rate = progress?.eventsPerSecond;
  const records = Object.values(summary?.records ?? {}).reduce((sum, each) => sum + each, 0);
  return (
    <dl class="figures">
      <Figure
        name="events"
        value={progress === null ? '–' : short(progress.events)}
        note={progress === null ? 'told by a run alone' : count(progress.events)}
      />
      <Figure
        name={typeof rate === 'number' ? 'events per second' : 'records read'}
        value={short(typeof rate === 'number' ? rate : records)}
        note={typeof rate === 'number' ? 'of late' : `from ${plain(summary?.source ?? '', 30)}`}
      />
      <Figure name="watermark" value={day(progress?.watermark ?? summary?.latestWindowEnd)} note="event time, UTC" />
      <Figure
        name="windows"
        value={short(progress?.windows ?? summary?.records.assignments ?? 0)}
        note={counted(summary?.customers ?? 0, 'customer')}
      />
      <Figure
        name="model"
        value={plain((summary?.modelVersion ?? 'warming').split('-')[0]!, 12)}
        note={counted(summary?.segments ?? 0, 'segment')}
      />
      <Figure
        name="drifting"
        value={String(summary?.drifted ?? 0)}
        note={summary?.drifted === 1 ? 'statistic beyond its threshold' : 'statistics beyond their thresholds'}
      />
    </dl>
  );
}

function Figure({ name, value, note }: { readonly name: string; readonly value: string; readonly note: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        <span>{note}</span>
      </dd>
    </div>
  );
}

function Training({ live }: { readonly live: Live | undefined }) {
  const progress = live?.progress;
  if (progress === null || progress === undefined || !progress.phase.startsWith('training')) return null;
  const done = progress.done ?? 0;
  return (
    <div class="training">
      <label for="training">
        {plain(progress.phase)} · {percent(done)}
      </label>
      <progress id="training" value={done} max={1} />
    </div>
  );
}

function Courses({ segments }: { readonly segments: SegmentsAnswer | undefined }) {
  const alive = segments?.segments.filter(({ lineage }) => lineage !== 'retired') ?? [];
  if (segments === undefined) return null;
  if (segments.windowEnds.length === 0) return <p class="empty">No window was assigned yet.</p>;
  return (
    <>
      <SizeChart
        label="Windows of each segment over time"
        windowEnds={segments.windowEnds}
        series={alive}
        height={220}
      />
      <ul class="legend">
        {alive.map(({ segmentId, name, share, level }) => (
          <li key={segmentId} title={`level ${figure(level)}`} style={{ borderColor: colourOf(segmentId) }}>
            <SegmentTag id={segmentId} name={name} /> <b>{percent(share)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}
