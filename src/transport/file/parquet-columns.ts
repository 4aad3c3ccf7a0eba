import type { SchemaElement } from 'hyparquet';
import type { AvroType, FieldSchema, RecordSchema } from '../../publish/schemas/record-schema.js';

/** How records of a schema lie in a Parquet file. */
export interface ParquetColumns {
  /** The file's schema: the root, then every field with what it holds. */
  readonly elements: readonly SchemaElement[];
  readonly names: readonly string[];
  /** The cells of a column, as the writer takes them. */
  toCells(name: string, records: readonly Readonly<Record<string, unknown>>[]): unknown[];
  /** A row as it was read, as a record. */
  toRecord(row: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

/**
 * Lays out the columns of a record schema: text as UTF-8, times as timestamps in milliseconds of UTC, arrays as lists.
 *
 * @throws TypeError for a type that no output in Parquet has yet
 */
export function toParquetColumns(schema: RecordSchema): ParquetColumns {
  const columns = schema.fields.map(toColumn);
  const named = new Map(columns.map((column) => [column.name, column]));
  return {
    elements: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)],
    names: [...named.keys()],
    toCells: (name, records) => {
      const { toCell } = named.get(name)!;
      return records.map((record) => (record[name] === null ? null : toCell(record[name])));
    },
    toRecord: (row) =>
      Object.fromEntries(
        columns.map(({ name, toValue }) => [name, row[name] == null ? null : toValue(row[name])] as const),
      ),
  };
}

interface Column extends Cells {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
}

/** How values of a type are written, and read back. */
interface Cells {
  toCell(value: unknown): unknown;
  toValue(cell: unknown): unknown;
}

function toColumn({ name, type }: FieldSchema): Column {
  const isNullable = Array.isArray(type);
  const held: AvroType = isNullable ? type[1]! : type;
  const repetition_type = isNullable ? 'OPTIONAL' : 'REQUIRED';
  if (isArrayType(held)) {
    const { element } = primitiveOf(held.items);
    const elements: SchemaElement[] = [
      { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'REQUIRED', ...element },
    ];
    return { name, elements, toCell: itself, toValue: (cell) => Array.from(cell as ArrayLike<unknown>) };
  }
  const { element, ...cells } = primitiveOf(held);
  return { name, elements: [{ name, repetition_type, ...element }], ...cells };
}

function isArrayType(type: AvroType): type is { readonly type: 'array'; readonly items: AvroType } {
  return typeof type === 'object' && 'type' in type && type.type === 'array';
}

interface Primitive extends Cells {
  readonly element: Omit<SchemaElement, 'name'>;
}

function primitiveOf(type: AvroType): Primitive {
  const primitive = PRIMITIVES[typeof type === 'string' ? type : 'logicalType' in type ? type.logicalType : ''];
  if (primitive === undefined) throw new TypeError(`No Parquet column is made of the type ${JSON.stringify(type)} yet`);
  return primitive;
}

function itself(value: unknown): unknown {
  return value;
}

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  string: {
    element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    toCell: itself,
    toValue: itself,
  },
  boolean: { element: { type: 'BOOLEAN' }, toCell: itself, toValue: itself },
  int: { element: { type: 'INT32' }, toCell: itself, toValue: itself },
  float: { element: { type: 'FLOAT' }, toCell: itself, toValue: itself },
  double: { element: { type: 'DOUBLE' }, toCell: itself, toValue: itself },
  'timestamp-millis': {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    toCell: (value) => BigInt(value as number),
    toValue: (cell) => (cell as Date).getTime(),
  },
};
