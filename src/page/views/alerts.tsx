import { useState } from 'preact/hooks';
import type { AlertAnswer, AlertsAnswer } from '../../service/view/api/answers.js';
import { day, figure, moment, plain } from '../format.js';
import { fetchJson, useResource } from '../live.js';
import { CustomerLink, Missing, Panel, SegmentTag, Severity } from '../parts.js';

const KINDS = ['anomaly', 'silence', 'segment-change', 'segment-size', 'rule'];

/** All alerts, the newest first, with what they rest on. */
export function AlertsView() {
  const [kind, setKind] = useState('');
  const [severity, setSeverity] = useState('');
  const query = new URLSearchParams({ limit: '50', ...(kind && { kind }), ...(severity && { severity }) });
  const resource = useResource<AlertsAnswer>(`/api/alerts?${query}`, ['alerts']);
  const [older, setOlder] = useState<{ query: string; page: AlertsAnswer } | undefined>();
  const page = older?.query === String(query) ? older.page : undefined;
  const { value } = resource;
  const more = page === undefined ? value?.next : page.next;
  const load = async (): Promise<void> => {
    const found = await fetchJson<AlertsAnswer>(`/api/alerts?${query}&cursor=${encodeURIComponent(more!)}`);
    setOlder({ query: String(query), page: { alerts: [...(page?.alerts ?? []), ...found.alerts], next: found.next } });
  };
  const alerts = [...(value?.alerts ?? []), ...(page?.alerts ?? [])];
  return (
    <Panel
      title="Alerts"
      note="the newest first; open one for what it rests on"
      tools={
        <>
          <Choice name="Kind" value={kind} of={KINDS} onChoice={setKind} />
          <Choice name="Severity" value={severity} of={['high', 'medium', 'low']} onChoice={setSeverity} />
        </>
      }
    >
      {alerts.length === 0 ? (
        <Missing of={resource}>None so far.</Missing>
      ) : (
        <ul class="rows">
          {alerts.map((alert) => (
            <AlertRow key={alert.alertId} alert={alert} />
          ))}
        </ul>
      )}
      {more !== null && more !== undefined && (
        <button type="button" class="more" onClick={load}>
          Older alerts
        </button>
      )}
    </Panel>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly of: readonly string[];
  readonly onChoice: (value: string) => void;
}

function Choice({ name, value, of, onChoice }: ChoiceProps) {
  return (
    <label>
      {name}{' '}
      <select value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        <option value="">all</option>
        {of.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

export function AlertRow({ alert }: { readonly alert: AlertAnswer }) {
  const { kind, severity, status, customerId, segmentId, windowEnd, explanation } = alert;
  return (
    <li>
      <details>
        <summary>
          <Severity of={severity} />
          <span class="kind">{kind}</span>
          <span class="what">
            <span class="quiet">{day(windowEnd)}</span> {status !== 'confirmed' && <span class="chip">{status}</span>}{' '}
            {plain(explanation.text, 240)}
          </span>
        </summary>
        <Explanation alert={alert} />
      </details>
      <span class="who">
        {customerId !== null && <CustomerLink id={customerId} />}
        {segmentId !== null && <SegmentTag id={segmentId} />}
      </span>
    </li>
  );
}

function Explanation({
  alert: { score, threshold, cause, windowStart, windowEnd, modelVersion, explanation },
}: {
  readonly alert: AlertAnswer;
}) {
  return (
    <div class="explanation">
      <p>
        Score <b>{figure(score)}</b>, threshold {figure(threshold)}; cause: {plain(cause)}. Window {moment(windowStart)}{' '}
        to {moment(windowEnd)}, model {plain(modelVersion ?? 'none yet')}.
      </p>
      {explanation.parts.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>part</th>
              <th class="number">value</th>
              <th class="number">usual</th>
              <th class="number">score</th>
            </tr>
          </thead>
          <tbody>
            {explanation.parts.map(({ part, value, usual, score: each }, i) => (
              <tr key={i}>
                <td>{plain(part)}</td>
                <td class="number">{figure(value)}</td>
                <td class="number">{figure(usual)}</td>
                <td class="number">{figure(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {explanation.steps.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>steps</th>
              <th>channel</th>
              <th class="number">expected</th>
              <th class="number">seen</th>
              <th class="number">deviation</th>
            </tr>
          </thead>
          <tbody>
            {explanation.steps.map(({ channel, first, end, from, expected, seen, deviation }, i) => (
              <tr key={i}>
                <td>
                  {first + 1 === end ? first + 1 : `${first + 1}–${end}`} <span class="quiet">from {day(from)}</span>
                </td>
                <td>{plain(channel)}</td>
                <td class="number">{figure(expected)}</td>
                <td class="number">{figure(seen)}</td>
                <td class="number">{figure(deviation)} σ</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
