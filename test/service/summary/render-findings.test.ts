import { describe, expect, it } from 'vitest';
import { toConfig } from '../../../src/service/inspect/to-config.js';
import { renderFindings } from '../../../src/service/summary/render-findings.js';
import { hourlyRows, inspectCsv } from '../inspect/inspect-csv.js';

describe('renderFindings', () => {
  it('says one customer, not one customers', async () => {
    const found = await inspectCsv(
      'customer,time,v',
      hourlyRows((i, time) => `a,${time},${i % 7}`),
    );
    expect(found.roles.customer.reason).toBe('it is called so: 1 different value, 240 records each');
    expect(toConfig(found)).toContain('240 records, 1 customer,');
    const text = renderFindings(found, 'next', { width: 100 });
    expect(text).toMatch(/ {2}customer {10}1, with 240 events each/);
    expect(text).not.toMatch(/customers +1,/);
  });
});
