import { inject } from 'vitest';
import { describeStateStoreContract } from '../contract/state-store.js';
import { createStatePlace } from '../support/kafka/state-place.js';

const brokers = inject('brokers');

describeStateStoreContract('the transactional state store', () => createStatePlace(brokers));
describeStateStoreContract('the plain state store', () => createStatePlace(brokers, { plain: true }));
