import { SegtideError } from '../../errors.js';
import { MOST_CHANNELS_OF_TOPICS } from '../../numeric/most-channels.js';
import { formatCounted } from '../summary/format.js';
import { chooseRoles, type Roles } from './choose-roles.js';
import { describeEvents, type EventFacts } from './describe-events.js';
import { describeFields, type FieldFacts } from './describe-fields.js';
import { noteFields } from './note-fields.js';
import { proposeEmbeddingWindow, proposeWindow, type WindowProposal } from './propose-window.js';
import type { Sample } from './sample.js';
import { toUsageSample } from './usage-sample.js';

/** What was found in an input. */
export type Findings = EventFindings | WindowFindings;

interface FoundIn extends Pick<Sample, 'name' | 'kind' | 'format' | 'whole' | 'extent' | 'unreadable' | 'csv'> {
  readonly records: number;
  readonly fields: readonly FieldFacts[];
}

/** Usage events. */
export interface EventFindings extends FoundIn {
  readonly holds: 'events';
  readonly roles: Roles;
  readonly events: EventFacts;
  readonly window: WindowProposal;
  /** Values of the field that says what a value is of. */
  readonly types: readonly string[];
  /** Of a topic: whether each record's key is its customer. */
  readonly keyed: boolean | undefined;
  /** What is to know of the fields, in sentences. */
  readonly notes: readonly string[];
}

/** Windows that are cut already, one a row: nothing to run, but something to evaluate. */
export interface WindowFindings extends FoundIn {
  readonly holds: 'windows';
  readonly steps: number;
  readonly channels: number;
  readonly label: string | undefined;
}

/** @throws SegtideError `input` where the sample is empty, or has no customer or time */
export function inspectSample(sample: Sample): Findings {
  const { name, kind, format, whole, extent, unreadable, csv, records } = sample;
  if (records.length === 0) throw new SegtideError('input', `${name} holds no records that can be read`);
  const fields = describeFields(records);
  const common = {
    name,
    kind,
    format,
    whole,
    extent,
    unreadable,
    records: records.length,
    fields,
    ...(csv && { csv }),
  };
  const places = fields.map((field) => /^(?:c(\d+)_)?s(\d+)$/.exec(field.name));
  const steps = places.filter((place) => place !== null);
  if (steps.length >= 2) {
    return {
      ...common,
      holds: 'windows',
      steps: 1 + Math.max(...steps.map(([, , step]) => Number(step))),
      channels: 1 + Math.max(...steps.map(([, channel]) => Number(channel ?? 0))),
      label: fields.find((field, i) => places[i] === null && /label|class|target/i.test(field.name))?.name,
    };
  }
  if (records.length === 1) {
    const rest = unreadable > 0 ? `, and ${formatCounted(unreadable, 'record')} that can't` : '';
    throw new SegtideError(
      'input',
      `${name} holds 1 record that can be read${rest}: too few records to tell customer and time by`,
    );
  }
  const roles = chooseRoles(fields, records.length);
  const usage = toUsageSample(sample, roles);
  if (usage.length === 0) {
    throw new SegtideError('input', `no record of ${name} has a customer (${roles.customer.field}) and a time`);
  }
  const events = describeEvents(usage);
  return {
    ...common,
    holds: 'events',
    roles,
    events,
    window: roles.embedding === undefined ? proposeWindow(usage, events) : proposeEmbeddingWindow(usage, events),
    types: typesOf(sample, roles),
    keyed: keyedOf(sample, roles),
    notes: [...noteFields(fields, roles, csv?.repeated), ...(kind === 'topic' ? noteTooMany(roles) : [])],
  };
}

function noteTooMany({ embedding }: Roles): readonly string[] {
  if (embedding === undefined || embedding.elements <= MOST_CHANNELS_OF_TOPICS) return [];
  return [
    `embeddings of ${embedding.elements} numbers are refused, as a topic has ${MOST_CHANNELS_OF_TOPICS} channels at most: reduce them before, or read files`,
  ];
}

function typesOf({ records }: Sample, { type, embedding }: Roles): readonly string[] {
  if (type === undefined || embedding !== undefined) return [];
  return [...new Set(records.map((record) => String(record[type.field])))].sort();
}

function keyedOf({ records, keys }: Sample, { customer }: Roles): boolean | undefined {
  return keys && records.every((record, i) => String(record[customer.field]) === keys[i]);
}
