// Run by: node --test
import { test } from 'node:test';
import { encoderPluginContract } from 'segtide/contract';
import plugin from './encoder.mjs';

for (const { name, run } of encoderPluginContract(plugin, { steps: 24, channels: 1 })) test(name, run);
