/**
 * Contract suites: what every encoder and every sink must keep, as plain checks that any test runner can run. The
 * project's own implementations pass the same ones.
 *
 * @packageDocumentation
 */

export { alertRulePluginContract } from './alert-rule-contract.js';
export { type ClustererContractOptions, clustererPluginContract } from './clusterer-contract.js';
export type { ContractCheck } from './contract-check.js';
export { type DriftStatisticContractOptions, driftStatisticPluginContract } from './drift-statistic-contract.js';
export {
  type EncoderContractOptions,
  type EncoderUnderTest,
  encoderContract,
  encoderPluginContract,
} from './encoder-contract.js';
export { type SinkContractOptions, type SinkUnderTest, sinkContract } from './sink-contract.js';
export { type Received, type SinkPluginContractOptions, sinkPluginContract } from './sink-plugin-contract.js';
