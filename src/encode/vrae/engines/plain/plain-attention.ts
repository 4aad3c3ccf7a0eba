import type { FloatArray } from '../../recurrent-engine.js';
import type { AttentionBackTask, AttentionShape, AttentionTask } from '../../tensor-operations.js';

/** Attention from its definition, a query at a time. */
export function attendPlainly(task: AttentionTask): void {
  const { tokens, width, heads, rows, weights } = task;
  const [queries, context] = [task.queries.values, task.context.values];
  const size = width / heads;
  const own = new Float64Array(tokens);
  for (let head = 0; head < rows * heads; head++) {
    const { first, target } = placeOf(task, head);
    for (let token = 0; token < tokens; token++) {
      weigh(queries, first, task, token, own);
      weights?.values.set(own, (head * tokens + token) * tokens);
      const at = target + token * width;
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let other = 0; other < tokens; other++) sum += own[other]! * queries[first + (3 * other + 2) * width + i]!;
        context[at + i] = sum;
      }
    }
  }
}

/** The way back of `attendPlainly`. */
export function attendBackPlainly(task: AttentionBackTask): void {
  const { tokens, width, heads, rows } = task;
  const [queries, given, weights] = [task.queries.values, task.contextGradients.values, task.weights.values];
  const gradients = task.gradients.values;
  gradients.fill(0, 0, rows * tokens * 3 * width);
  const size = width / heads;
  const scale = 1 / Math.sqrt(size);
  const slopes = new Float64Array(tokens);
  for (let head = 0; head < rows * heads; head++) {
    const { first, target } = placeOf(task, head);
    for (let token = 0; token < tokens; token++) {
      const own = (head * tokens + token) * tokens;
      const query = first + 3 * token * width;
      const from = target + token * width;
      let total = 0;
      for (let other = 0; other < tokens; other++) {
        const value = first + (3 * other + 2) * width;
        let slope = 0;
        for (let i = 0; i < size; i++) {
          slope += given[from + i]! * queries[value + i]!;
          gradients[value + i]! += weights[own + other]! * given[from + i]!;
        }
        slopes[other] = slope;
        total += weights[own + other]! * slope;
      }
      for (let other = 0; other < tokens; other++) {
        const key = first + (3 * other + 1) * width;
        const slope = scale * weights[own + other]! * (slopes[other]! - total);
        for (let i = 0; i < size; i++) {
          gradients[query + i]! += slope * queries[key + i]!;
          gradients[key + i]! += slope * queries[query + i]!;
        }
      }
    }
  }
}

/** Where a head's first query is, and its first context. */
function placeOf({ tokens, width, heads }: AttentionShape, head: number) {
  const row = Math.floor(head / heads);
  const column = (head % heads) * (width / heads);
  return { first: row * tokens * 3 * width + column, target: row * tokens * width + column };
}

/** The softmax of what a query has in common with each key. */
function weigh(
  queries: FloatArray,
  first: number,
  { tokens, width, heads }: AttentionShape,
  token: number,
  out: Float64Array,
): void {
  const size = width / heads;
  const query = first + 3 * token * width;
  let most = Number.NEGATIVE_INFINITY;
  for (let other = 0; other < tokens; other++) {
    const key = first + (3 * other + 1) * width;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += queries[query + i]! * queries[key + i]!;
    out[other] = sum / Math.sqrt(size);
    most = Math.max(most, out[other]!);
  }
  let total = 0;
  for (let other = 0; other < tokens; other++) {
    out[other] = Math.exp(out[other]! - most);
    total += out[other]!;
  }
  for (let other = 0; other < tokens; other++) out[other]! /= total;
}
