import { addOuterProducts, multiplyTransposed } from '../../../../numeric/matrix.js';
import type { MatrixProduct, RecurrentEngine } from '../../recurrent-engine.js';
import { multiplyPlainly } from '../plain/multiply-plainly.js';
import { PLAIN_OPERATIONS } from '../plain/plain-operations.js';
import { createJsLayer } from './js-layer.js';

/**
 * The engine in plain typed arrays, in double precision: it runs everywhere, needs no start, and is what the others are
 * measured against.
 */
export function createJsEngine(): RecurrentEngine {
  const allocate = (length: number) => ({ length, values: new Float64Array(length) });
  return {
    name: 'js',
    description: 'plain TypeScript, float64',
    precision: 'float64',
    allocate,
    createLayer: (spec) => createJsLayer(spec, allocate),
    multiply,
    operations: PLAIN_OPERATIONS,
    dispose: () => {},
  };
}

function multiply(product: MatrixProduct): void {
  const { m, n, inner, transposeA = false, transposeB = false, accumulate = false } = product;
  const a = product.a.values as Float64Array;
  const b = product.b.values as Float64Array;
  const out = product.out.values as Float64Array;
  if (transposeB && !transposeA) {
    const products = accumulate ? new Float64Array(m * n) : out;
    multiplyTransposed(a, b, products, m, n, inner);
    if (accumulate) for (let p = 0; p < products.length; p++) out[p]! += products[p]!;
  } else if (transposeA && !transposeB) {
    if (!accumulate) out.fill(0, 0, m * n);
    addOuterProducts(a, b, out, inner, m, n);
  } else {
    multiplyPlainly(product);
  }
}
