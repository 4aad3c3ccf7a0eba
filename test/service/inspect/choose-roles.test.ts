import { describe, expect, it } from 'vitest';
import { isCustomerName } from '../../../src/service/inspect/choose-customer.js';
import { hourlyRows, inspectCsv } from './inspect-csv.js';

describe('chooseRoles', () => {
  it('takes a field that is called the customer over numbers, also with one customer', async () => {
    const found = await inspectCsv(
      'customer,time,v',
      hourlyRows((i, time) => `a,${time},${i % 2 === 0 ? i % 7 : (i % 7) + 0.5}`),
    );
    expect(found.roles).toMatchObject({ customer: { field: 'customer', alternatives: [] }, values: ['v'] });
    const whole = await inspectCsv(
      'customer,time,v',
      hourlyRows((i, time) => `a,${time},${i % 7}`),
    );
    expect(whole.roles).toMatchObject({ customer: { field: 'customer', alternatives: [] }, values: ['v'] });
  });

  it.each([
    'customer',
    'customerId',
    'CustomerID',
    'customerid',
    'user.id',
    'account',
    'tailnum',
    'Kunde',
    'kunden_nr',
    'Kundennummer',
    'Zähler',
    'household_id',
  ])('takes %s for a telling name', (name) => expect(isCustomerName(name)).toBe(true));

  it.each(['user_agent', 'userAgent', 'account_type', 'customer_plan', 'customer_group_name', 'hosting', 'plan', 'v'])(
    'takes %s for no telling name',
    (name) => expect(isCustomerName(name)).toBe(false),
  );

  it('takes accounts over agents, and all whole numbers for values', async () => {
    const { roles } = await inspectCsv(
      'ts,user_agent,account,plan,calls,minutes,fee',
      hourlyRows((i, time) => `${time},agent${i % 3},a${i % 60},p${i % 4},${i % 9},${i % 40},5`),
    );
    expect(roles.customer).toMatchObject({ field: 'account', alternatives: [] });
    expect(roles).toMatchObject({ values: ['calls', 'minutes', 'fee'], unusedValues: [] });
  });

  it('takes of several candidates the one with more different values, and offers no numbers', async () => {
    const { roles } = await inspectCsv(
      'ts,region,reference,calls',
      hourlyRows((i, time) => `${time},r${i % 3},a${i % 60},${i % 90}`),
    );
    expect(roles.customer).toMatchObject({ field: 'reference', alternatives: ['region'] });
  });

  it('takes a whole number that names nothing only where another is left to be the value', async () => {
    const times = (toRest: (i: number) => string) => hourlyRows((i, time) => `${time},${toRest(i)}`);
    const found = await inspectCsv(
      'time,square,v',
      times((i) => `${i % 5},${i % 50}`),
    );
    expect(found.roles).toMatchObject({ customer: { field: 'square' }, values: ['v'] });
    await expect(
      inspectCsv(
        'time,v',
        times((i) => `${i % 5}`),
      ),
    ).rejects.toThrow(/no field can be the customer/);
  });

  it('says that one record is too few to tell', async () => {
    await expect(inspectCsv('customer,time,v', ['a,2026-01-01,1', 'a,2026-01-02'])).rejects.toThrow(
      /holds 1 record that can be read, and 1 record that can't: too few records to tell/,
    );
    await expect(inspectCsv('customer,time,v', ['a,2026-01-01,1', 'b,2026-01-02,1'])).rejects.toThrow(
      /no field can be the customer.*; 2 records may be too few to tell/,
    );
  });
});
