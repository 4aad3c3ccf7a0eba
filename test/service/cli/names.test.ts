import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { inputAssignments } from '../../../src/service/cli/input-options.js';
import { choiceOption, pickNamed, toWords } from '../../../src/service/cli/names.js';

const KNOWN = ['series', 'vrae', 'raw'];
const pick = (...list: string[]): readonly string[] => pickNamed('--encoders', list, KNOWN, (name) => name);

describe('lists of names', () => {
  it('are written with spaces, commas or both', () => {
    expect(toWords(['a,b', 'c', ' d , ,e'])).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(pick('raw,series')).toEqual(pick('raw', 'series'));
    const [, , channels] = [...inputAssignments(['usage.csv'], { value: ['kwh,price', 'visits'] })];
    expect(channels?.value).toEqual(['kwh', 'price', 'visits'].map((name) => ({ name, field: name })));
  });

  it('stand for each once, or for all', () => {
    expect(pick('raw', 'vrae,raw')).toEqual(['raw', 'vrae']);
    expect(pick('raw,all')).toEqual(KNOWN);
  });

  it('are refused where one is unknown, with the nearest', () => {
    expect(() => pick('raw,vrea')).toThrow(
      "--encoders knows no 'vrea' (did you mean vrae?): name all, or some of series",
    );
    expect(() => pick('transformers')).toThrow("--encoders knows no 'transformers': name all");
    expect(() => pick(',')).toThrow('--encoders names nothing');
  });

  it('are told the nearest of where a flag takes one', () => {
    const parse = (word: string): unknown =>
      new Command()
        .exitOverride()
        .configureOutput({ writeErr: () => undefined })
        .addOption(choiceOption('--by <what>', 'what', KNOWN))
        .parse(['--by', word], { from: 'user' })
        .opts().by;
    expect(parse('raw')).toBe('raw');
    expect(() => parse('Series')).toThrow('Allowed choices are series, vrae, raw (did you mean series?).');
  });
});
