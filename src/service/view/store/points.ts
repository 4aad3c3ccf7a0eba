import type { Database } from 'node-sqlite3-wasm';
import type { EmbeddingRecord } from '../../../publish/embedding-record.js';
import { fitMapSpace, type MapSpace, placeOnMap } from './map-space.js';
import { createRowWriter } from './row-writer.js';

/** Vectors of customers, and where they are shown. */
export interface Points {
  write(records: readonly EmbeddingRecord[]): void;
  /** Places what waits for its space to have enough vectors. */
  settle(): Promise<void>;
  /** Forgets all spaces; their rows are gone. */
  forget(): void;
  close(): void;
}

/** A space of fewer vectors has no plane yet. */
const FEWEST = 128;
/** The plane is fitted to so many at most. */
const MOST = 4096;

export function createPoints(database: Database): Points {
  const rows = createRowWriter(
    database,
    'points',
    ['customerId', 'windowStart', 'windowEnd', 'space', 'vector', 'x', 'y'],
    `on conflict (customerId, windowStart) do update set space = excluded.space, vector = excluded.vector,
     x = excluded.x, y = excluded.y`,
  );
  const spaces = new Map<string, MapSpace>();
  const waiting = new Set<string>();
  const read = database.all('select space, mean, axes from spaces') as unknown as readonly SpaceRow[];
  for (const { space, mean, axes } of read) spaces.set(space, { mean: toFloats(mean), axes: toFloats(axes) });

  /** Rows that wait for their plane, behind one of them. */
  const unplaced = (space: string, after: number): readonly { id: number; vector: Float32Array }[] =>
    database
      .all('select id, vector from points where space = ? and x is null and id > ? order by id limit ?', [
        space,
        after,
        MOST,
      ])
      .map(({ id, vector }) => ({ id: Number(id), vector: toVector(vector as Uint8Array) }));

  return {
    write(records) {
      const toRow = (record: EmbeddingRecord) => {
        const { customerId, windowStart, windowEnd } = record;
        const space = record.alignedTo ?? record.modelVersion;
        const vector = Float32Array.from((record.alignedVector ?? record.vector) as readonly number[]);
        const plane = spaces.get(space);
        if (plane === undefined) waiting.add(space);
        const [x, y] = plane === undefined ? [null, null] : placeOnMap(plane, vector);
        return [customerId, windowStart, windowEnd, space, new Uint8Array(vector.buffer), x, y];
      };
      rows.write(records.filter(({ vector }) => vector !== null).map(toRow));
    },
    async settle() {
      for (const space of waiting) {
        const first = unplaced(space, -1);
        if (first.length < FEWEST) continue;
        const plane = await fitMapSpace(first.map(({ vector }) => vector));
        spaces.set(space, plane);
        waiting.delete(space);
        database.run('insert or replace into spaces values (?, ?, ?)', [
          space,
          toBytes(plane.mean),
          toBytes(plane.axes),
        ]);
        const place = database.prepare('update points set x = ?, y = ? where id = ?');
        for (let rows = first; rows.length > 0; rows = unplaced(space, rows.at(-1)!.id)) {
          for (const { id, vector } of rows) place.run([...placeOnMap(plane, vector), id]);
        }
        place.finalize();
      }
    },
    forget() {
      spaces.clear();
      waiting.clear();
    },
    close: () => rows.close(),
  };
}

interface SpaceRow {
  readonly space: string;
  readonly mean: Uint8Array;
  readonly axes: Uint8Array;
}

function toBytes({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Copied, since a blob may begin anywhere in memory. */
function toFloats(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.slice().buffer);
}

function toVector(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
