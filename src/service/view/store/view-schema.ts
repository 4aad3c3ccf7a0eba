/** Tables of the view's database. What is asked for by is a column; what is only shown lies in `record` as JSON. */
export const VIEW_SCHEMA = `
create table if not exists assignments (
  id integer primary key, customerId text not null, windowStart int not null, windowEnd int not null,
  revision int not null, final int not null, segmentId text, margin real, distance real, confidence real,
  reconstructionError real, observedSteps int not null, inactive int not null, status text not null,
  modelVersion text, unique (customerId, windowStart));
create table if not exists customers (
  customerId text primary key, segmentId text, windowStart int not null, windowEnd int not null) without rowid;
create index if not exists customersBySegment on customers (segmentId, customerId);
create table if not exists sizes (
  windowEnd int not null, segmentId text not null, windows int not null, primary key (windowEnd, segmentId)) without rowid;
create table if not exists transitions (
  id integer primary key, customerId text not null, windowStart int not null, windowEnd int not null,
  "from" text not null, "to" text not null, cause text not null, modelVersion text not null,
  previousModelVersion text not null, margin real, previousMargin real, unique (customerId, windowStart));
create table if not exists flows (
  windowEnd int not null, "from" text not null, "to" text not null, cause text not null, customers int not null,
  primary key (windowEnd, "from", "to", cause)) without rowid;
create table if not exists segments (
  id integer primary key, segmentId text not null, modelVersion text not null, windowEnd int not null,
  record text not null, unique (segmentId, modelVersion));
create table if not exists drift (
  id integer primary key, layer text not null, subject text not null, statistic text not null, value real not null,
  threshold real not null, drifted int not null, currentEnd int not null, record text not null,
  unique (layer, subject, statistic, currentEnd));
create table if not exists alerts (
  id integer primary key, alertId text not null unique, kind text not null, severity text not null, status text not null,
  customerId text, segmentId text, windowEnd int not null, record text not null);
create index if not exists alertsByEnd on alerts (windowEnd, id);
create index if not exists alertsByCustomer on alerts (customerId, windowEnd);
create table if not exists modelEvents (
  id integer primary key, modelVersion text not null, event text not null, eventTime int not null, record text not null,
  unique (modelVersion, event, eventTime));
create table if not exists points (
  id integer primary key, customerId text not null, windowStart int not null, windowEnd int not null,
  space text not null, vector blob not null, x real, y real, unique (customerId, windowStart));
create index if not exists pointsByEnd on points (windowEnd);
create table if not exists spaces (space text primary key, mean blob not null, axes blob not null) without rowid;
create table if not exists outputs (output text primary key, records int not null, position text not null) without rowid;
`;

/** What an output's records go to: all of it is emptied when the output is read again from its beginning. */
export const TABLES_OF: Readonly<Record<string, readonly string[]>> = {
  assignments: ['assignments', 'customers', 'sizes'],
  transitions: ['transitions', 'flows'],
  embeddings: ['points', 'spaces'],
  segments: ['segments'],
  drift: ['drift'],
  alerts: ['alerts'],
  'model-events': ['modelEvents'],
  late: [],
  'dead-letters': [],
};

/** Outputs that the view reads. */
export const VIEW_OUTPUTS: readonly string[] = Object.keys(TABLES_OF);
