import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as core from '@tensorflow/tfjs-core';
import { describeNetwork } from './describe-network.js';

describeNetwork('tfjs-core with its CPU backend', async () => core);
