import type { ChannelOptions } from '../../window/window-options.js';
import type { Config } from './schema.js';

/** The channels that windows have: the input's, in their order, each with its aggregation. */
export function windowChannels({ channels, pivot }: Config['input']): ChannelOptions[] {
  if (pivot !== undefined) {
    return pivot.values.map((name) => ({ name, aggregate: pivot.aggregate, cumulative: pivot.cumulative }));
  }
  if (channels === undefined) return [{ name: 'events', aggregate: 'sum' }];
  return channels.map((channel) => ({
    name: channel.name,
    aggregate: channel.aggregate,
    cumulative: 'field' in channel ? channel.cumulative : false,
  }));
}
