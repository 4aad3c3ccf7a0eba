import { expect, it } from 'vitest';
import { configSchema } from '../../../src/service/config/schema.js';
import { modelSettingsFor } from '../../../src/service/model/model-settings.js';

it('ready-made windows are embedded by the plug-in that the config names', () => {
  const config = configSchema.parse({
    plugins: [{ name: 'mine', module: '/opt/mine.mjs' }],
    encoder: { kind: 'plugin', plugin: 'mine' },
  });
  const { encoder } = modelSettingsFor(config, { steps: 24, channels: 1 }, 3);
  expect(encoder).toMatchObject({ plugin: 'mine', plugins: [{ name: 'mine', module: 'file:///opt/mine.mjs' }] });
});
