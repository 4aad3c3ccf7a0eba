import { createJsEngine } from '../../../../src/encode/vrae/engines/js/js-engine.js';
import { describeEngine } from './contract.js';

describeEngine('js', async () => createJsEngine());
