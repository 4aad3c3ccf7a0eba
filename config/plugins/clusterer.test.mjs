// Run by: node --test
import { test } from 'node:test';
import { clustererPluginContract } from 'segtide/contract';
import plugin from './clusterer.mjs';

for (const { name, run } of clustererPluginContract(plugin, { size: 8 })) test(name, run);
