/**
 * Contract suites: what every encoder and every sink must keep, as plain checks that any test runner can run. The
 * project's own implementations pass the same ones.
 *
 * @packageDocumentation
 */

export type { ContractCheck } from './contract-check.js';
export {
  type EncoderContractOptions,
  type EncoderUnderTest,
  encoderContract,
  encoderPluginContract,
} from './encoder-contract.js';
export { type SinkContractOptions, type SinkUnderTest, sinkContract } from './sink-contract.js';
