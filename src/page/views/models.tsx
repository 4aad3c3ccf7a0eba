import { useState } from 'preact/hooks';
import type { ModelEventsAnswer } from '../../service/view/api/answers.js';
import { askChange, forgetToken, hasToken, tryToken } from '../changes.js';
import { count, day, figure, percent, plain } from '../format.js';
import { useResource } from '../live.js';
import { Missing, Panel } from '../parts.js';

type ModelEvent = ModelEventsAnswer['events'][number];

/** The history of models; whoever has the token may ask for changes. */
export function ModelsView({ changes }: { readonly changes: boolean }) {
  const resource = useResource<ModelEventsAnswer>('/api/models?limit=100', ['model-events']);
  const { value } = resource;
  return (
    <>
      <Panel title="Models" note="each training and what its gate said, the newest first">
        {value === undefined || value.events.length === 0 ? (
          <Missing of={resource}>No training has ended yet.</Missing>
        ) : (
          <ul class="rows">
            {value.events.map((event) => (
              <EventRow key={`${event.modelVersion}/${event.event}/${event.eventTime}`} event={event} />
            ))}
          </ul>
        )}
      </Panel>
      {changes ? (
        <Changes events={value?.events ?? []} />
      ) : (
        <p class="empty">Changes are off: no token was set for this view.</p>
      )}
    </>
  );
}

/** What a gate compares, and how it is told. */
const COMPARED = [
  ['silhouette among its own embeddings', 'championSilhouette', 'challengerSilhouette'],
  ['agreement', 'championAgreement', 'challengerAgreement'],
  ['reconstruction error', 'championReconstructionError', 'challengerReconstructionError'],
  ['active units', 'championActiveUnits', 'challengerActiveUnits'],
] as const;

export function EventRow({ event }: { readonly event: ModelEvent }) {
  const { modelVersion, event: kind, eventTime, atWindow, reasons, why, previousVersion } = event;
  return (
    <li>
      <details>
        <summary>
          <span class={`kind ${kind}`}>{kind}</span>
          <b>{plain(modelVersion, 20)}</b>
          <span class="what">
            <span class="quiet">
              {day(eventTime)}, at window {count(atWindow)}
            </span>{' '}
            {plain(reasons.join('; '), 200)}
          </span>
        </summary>
        <div class="explanation">
          <p>{plain(why.join('; '), 600)}</p>
          <table>
            <thead>
              <tr>
                <th>of held-out windows</th>
                <th class="number">{plain(previousVersion ?? 'before', 20)}</th>
                <th class="number">{plain(modelVersion, 20)}</th>
              </tr>
            </thead>
            <tbody>
              {COMPARED.map(([name, before, now]) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td class="number">{figure(known(event[before]))}</td>
                  <td class="number">{figure(known(event[now]))}</td>
                </tr>
              ))}
              <tr>
                <td>windows that change segment</td>
                <td class="number" />
                <td class="number">{known(event.churn) === null ? '–' : percent(known(event.churn)!)}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </details>
    </li>
  );
}

function known(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function Changes({ events }: { readonly events: readonly ModelEvent[] }) {
  const [isOpen, setOpen] = useState(hasToken());
  const [token, type] = useState('');
  const [reason, setReason] = useState('');
  const [told, setTold] = useState('');
  const versions = [
    ...new Set(events.filter(({ event }) => event === 'promoted').map(({ modelVersion }) => modelVersion)),
  ];
  const [version, setVersion] = useState('');
  const ask = async (name: string, body: object = {}): Promise<void> => {
    setTold(
      await askChange('POST', `/api/models/${name}`, { reason: reason || 'asked on the page', ...body }, 'asked'),
    );
  };
  if (!isOpen) {
    const keep = async (event: Event): Promise<void> => {
      event.preventDefault();
      const objection = await tryToken(token);
      setTold(objection === undefined ? '' : `not taken: ${objection}`);
      setOpen(objection === undefined);
    };
    return (
      <Panel title="Changes" note="need the token of this view; it is kept for this tab alone">
        <form class="inline" onSubmit={keep}>
          <input
            type="password"
            aria-label="Token"
            autocomplete="off"
            value={token}
            onInput={(event) => type(event.currentTarget.value)}
          />
          <button type="submit">Use token</button>
        </form>
        <p role="status">{told}</p>
      </Panel>
    );
  }
  return (
    <Panel title="Changes" note="asked of the trainer; the list above tells what came of it">
      <div class="inline">
        <input
          aria-label="Reason"
          placeholder="Reason, for the history"
          value={reason}
          maxLength={1000}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <button type="button" onClick={() => ask('retrain')}>
          Retrain now
        </button>
        <button type="button" onClick={() => ask('rollback')}>
          Roll back
        </button>
        <select
          aria-label="Model to promote"
          value={version}
          onChange={(event) => setVersion(event.currentTarget.value)}
        >
          <option value="">a model …</option>
          {versions.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
        <button type="button" disabled={version === ''} onClick={() => ask('promote', { modelVersion: version })}>
          Promote
        </button>
        <button
          type="button"
          onClick={() => {
            forgetToken();
            setOpen(false);
          }}
        >
          Forget token
        </button>
      </div>
      <p role="status">{told}</p>
    </Panel>
  );
}
