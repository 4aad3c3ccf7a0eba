import { loadNativeAddon } from '../../../../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../../../../src/encode/vrae/engines/native/native-engine.js';
import { describeEngine } from '../contract.js';

if (loadNativeAddon().available) {
  describeEngine('native', async () => createNativeEngine());
  describeEngine('native with two threads', async () => createNativeEngine({ threads: 2 }));
}
