import { describe, expect, it } from 'vitest';
import { activeUnits } from '../../src/train/active-units.js';
import { compareSegments } from '../../src/train/compare-segments.js';
import { gate, resolveGateOptions } from '../../src/train/gate.js';

const settings = resolveGateOptions();
const champion = { reconstructionError: 0.2, activeUnits: 4, silhouette: 0.3 };
const calm = { churn: 0.1, largestSizeShift: 0.05 };

describe('gate', () => {
  it('promotes the first model that is sound', () => {
    const decision = gate(undefined, champion, undefined, settings);
    expect(decision).toMatchObject({ promoted: true, reasons: ['sound, with no model to compare it with'] });
    expect(decision.values.championSilhouette).toBeNull();
  });

  it('promotes a challenger with a lower held-out error and says by how much', () => {
    const decision = gate(champion, { ...champion, reconstructionError: 0.18 }, calm, settings);
    expect(decision.promoted).toBe(true);
    expect(decision.reasons).toEqual(['held-out reconstruction error 10.0 % lower']);
    expect(decision.values.reconstructionGain).toBeCloseTo(0.1);
    expect(decision.values).toMatchObject(calm);
  });

  it('refuses a challenger without gain, in words and with all values', () => {
    const decision = gate(champion, { ...champion, reconstructionError: 0.1999 }, calm, settings);
    expect(decision.promoted).toBe(false);
    expect(decision.reasons[0]).toMatch(/^no gain/);
    expect(Object.values(decision.values)).not.toContain(undefined);
  });

  it('refuses each kind of harm even where there is gain, naming all of them', () => {
    const challenger = { reconstructionError: 0.22, activeUnits: 0, silhouette: 0.2 };
    const decision = gate(champion, challenger, { churn: 0.6, largestSizeShift: 0.4 }, settings);
    expect(decision.promoted).toBe(false);
    expect(decision.reasons).toHaveLength(5);
    expect(decision.reasons.join()).toMatch(/active latent.*error 10.0 % higher.*silhouette lower.*60.0 %.*40.0 %/);
  });

  it('refuses a challenger that is not sound, whatever it achieves, and says nothing else', () => {
    const decision = gate(undefined, { ...champion, activeUnits: 0 }, undefined, settings, {
      objection: 'nothing to segment',
    });
    expect(decision).toMatchObject({ promoted: false, reasons: ['nothing to segment'] });
  });

  it('refuses a challenger that diverged', () => {
    const decision = gate(champion, { ...champion, reconstructionError: Number.NaN }, calm, settings);
    expect(decision).toMatchObject({ promoted: false, reasons: [expect.stringMatching(/diverged/)] });
  });

  it('judges encoders without reconstruction by their silhouette', () => {
    const bare = { reconstructionError: undefined, activeUnits: undefined, silhouette: 0.3 };
    expect(gate(bare, { ...bare, silhouette: 0.33 }, calm, settings).promoted).toBe(true);
    expect(gate(bare, bare, calm, settings).promoted).toBe(false);
  });

  it('holds against a challenger by views what segments rest on, and only tells the rest', () => {
    const before = { ...champion, agreement: 0.6 };
    const fresh = { reconstructionError: 0.26, activeUnits: 0, silhouette: 0.33, agreement: 0.61 };
    const decision = gate(before, fresh, calm, settings, { basis: 'views' });
    expect(decision.promoted).toBe(true);
    expect(decision.reasons).toEqual(['silhouette higher by 0.030', 'agreement of neighbourhoods higher by 0.010']);
    expect(decision.values.reconstructionGain).toBeCloseTo(-0.3);
    expect(gate(before, fresh, calm, settings).promoted).toBe(false);
    // A better reconstruction is no reason to disturb segments that do not rest on it.
    const rebuilt = { ...before, reconstructionError: before.reconstructionError! / 2 };
    const refused = gate(before, rebuilt, calm, settings, { basis: 'views' });
    expect(refused).toMatchObject({ promoted: false, values: { reconstructionGain: 0.5 } });
    expect(refused.reasons).toEqual([
      'no gain: silhouette higher by 0.000, agreement of neighbourhoods higher by 0.000; one must be better by at least 0.01',
    ]);
    const worse = { ...before, silhouette: before.silhouette! - 0.026, agreement: 0.59 };
    expect(gate(before, worse, calm, settings).reasons[0]).toMatch(
      /^no gain: held-out reconstruction error 0\.0 % lower, silhouette lower by 0\.026, agreement of neighbourhoods lower by 0\.010;/,
    );
    expect(gate(before, rebuilt, calm, settings, { basis: 'latents' }).promoted).toBe(true);
    const torn = gate(before, { ...fresh, agreement: 0.5 }, calm, settings, { basis: 'views' });
    expect(torn).toMatchObject({ promoted: false, reasons: [expect.stringMatching(/neighbourhoods lower by 0.100/)] });
    const diverged = { ...fresh, reconstructionError: Number.NaN };
    expect(gate(before, diverged, calm, settings, { basis: 'views' }).promoted).toBe(false);
  });

  it('refuses a negative limit', () => {
    expect(() => resolveGateOptions({ maxChurn: -1 })).toThrow(/maxChurn/);
  });
});

describe('compareSegments', () => {
  it('counts changed ids and the largest change of a share', () => {
    expect(compareSegments(['a', 'a', 'b', 'b', undefined], ['a', 'c', 'c', 'b', 'c'])).toEqual({
      churn: 0.5,
      largestSizeShift: 0.5,
    });
    expect(compareSegments([], [])).toEqual({ churn: 0, largestSizeShift: 0 });
  });

  it('sees no shift of size where segments only exchange members', () => {
    expect(compareSegments(['a', 'b'], ['b', 'a'])).toEqual({ churn: 1, largestSizeShift: 0 });
  });
});

describe('activeUnits', () => {
  it('counts the dimensions whose posterior mean varies', () => {
    // Variances 1, 0 and 0.0025.
    expect(activeUnits(Float32Array.of(1, 5, 0.05, -1, 5, -0.05), 3)).toBe(1);
    expect(activeUnits(Float32Array.of(1, 5, 0.05, -1, 5, -0.05), 3, 0.001)).toBe(2);
  });
});
