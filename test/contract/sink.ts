import { type SinkUnderTest, sinkContract } from '../../src/contract/sink-contract.js';
import { describeContract } from './describe-contract.js';

/** What every sink of ours must keep. `record(i)` makes the i-th record, an object. */
export function describeSinkContract<T extends object>(
  name: string,
  make: () => Promise<SinkUnderTest<T>>,
  record: (i: number) => T,
): void {
  describeContract(name, sinkContract({ make, record, code: 'output' }));
}
