import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { assignTo } from '../../src/cluster/assign-to.js';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { clusterModelOf, embeddingsOf } from './embeddings.js';

const model = clusterModelOf([[0], [10]]);
const next = clusterModelOf([[10], [0]]);
const e = embeddingsOf([[1], [9]]);

describe('assignTo', () => {
  it.each([
    ['-', '-', '----!'],
    ['|', '|', undefined],
    ['--#', '--#', undefined],
    ['-e-|', '-a-|', undefined],
    ['e-e-e|', 'a-a-a|', undefined],
    ['e-e-e|', 'a-a', '---!'],
  ])('turns %s into %s, in the same frames', (source, expected, unsubscription) => {
    scheduler().run(({ cold, expectObservable }) => {
      const values = { a: assign(model, e) };
      expectObservable(cold(source, { e }).pipe(assignTo(model)), unsubscription).toBe(expected, values);
    });
  });

  it('asks for the model once a batch', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const models = [model, next];
      const values = { a: assign(model, e), b: assign(next, e) };
      expectObservable(cold('e-e|', { e }).pipe(assignTo(() => models.shift()!))).toBe('a-b|', values);
    });
  });

  it('fails in the frame in which there is no model', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const error = new Error('no model yet');
      const none = (): ClusterModel => {
        throw error;
      };
      expectObservable(cold('--e|', { e }).pipe(assignTo(none))).toBe('--#', undefined, error);
    });
  });
});

function scheduler(): TestScheduler {
  return new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
}
