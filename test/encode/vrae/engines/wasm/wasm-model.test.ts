import { createWasmEngine } from '../../../../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { describeEngine } from '../contract.js';

describeEngine('wasm', async () => createWasmEngine());
