import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBytes } from '../../src/numeric/hash.js';
import { CustomerTable, LAST } from '../../src/window/customer-table.js';

const encoder = new TextEncoder();

function find(table: CustomerTable, name: string): number {
  const bytes = encoder.encode(name);
  return table.find(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length));
}

function insert(table: CustomerTable, name: string, step = 0): number {
  const bytes = encoder.encode(name);
  return table.insert(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length), step);
}

describe('the customer table', () => {
  it('keeps ids of any length and script, the empty one too', () => {
    const table = new CustomerTable(1);
    const names = ['', 'a', 'Zoë', '顧客-7', 'x'.repeat(127), 'y'.repeat(128), 'é'.repeat(20_000), '__proto__', '\0'];
    const slots = names.map((name) => insert(table, name));
    expect(names.map((name) => find(table, name))).toEqual(slots);
    expect(slots.map((slot) => table.text(slot))).toEqual(names);
    expect(find(table, 'x'.repeat(126))).toBe(-1);
  });

  it('tells ids of one hash apart', () => {
    const table = new CustomerTable(1);
    const [a, b] = [encoder.encode('left'), encoder.encode('right')];
    const slot = table.insert(a, 0, a.length, 7, 0);
    expect(table.find(b, 0, b.length, 7)).toBe(-1);
    const other = table.insert(b, 0, b.length, 7, 0);
    expect(table.find(a, 0, a.length, 7)).toBe(slot);
    table.release(Int32Array.of(slot));
    expect(table.find(b, 0, b.length, 7)).toBe(other);
  });

  it('keeps the id of a released slot until it is recycled, and gives the slot to no one before', () => {
    const table = new CustomerTable(1);
    const slot = insert(table, 'gone');
    table.release(Int32Array.of(slot));
    expect(find(table, 'gone')).toBe(-1);
    expect(insert(table, 'next')).not.toBe(slot);
    expect(table.text(slot)).toBe('gone');
    table.recycle();
    expect(insert(table, 'later')).toBe(slot);
  });

  it('does what a map does, through growth, release, recycling and snapshots', () => {
    const operations = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 400 })), { maxLength: 600 });
    fc.assert(
      fc.property(operations, (list) => {
        let table = new CustomerTable(2);
        const slots = new Map<string, number>();
        for (const [kind, n] of list) {
          const name = `customer ${n} ${'z'.repeat(n % 40)}`;
          const known = slots.get(name);
          expect(find(table, name)).toBe(known ?? -1);
          if (kind === 0) table.recycle();
          else if (kind === 1) {
            const restored = new CustomerTable(2);
            restored.restore(structuredClone(table.snapshot()));
            table = restored;
          } else if (kind < 4 && known !== undefined) {
            table.release(Int32Array.of(known));
            slots.delete(name);
          } else if (known === undefined) slots.set(name, insert(table, name, n));
        }
        expect(table.live).toBe(slots.size);
        // In the order in which they joined.
        expect([...table.order.subarray(0, table.live)]).toEqual([...slots.values()]);
        for (const [name, slot] of slots) {
          expect(table.text(slot)).toBe(name);
          expect(table.rows[slot * table.stride + LAST]).toBe(Number(name.split(' ')[1]));
        }
      }),
      { numRuns: 300 },
    );
  });
});
