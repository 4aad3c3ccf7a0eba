import { elementNames } from '../../ingest/element-names.js';
import type { ChannelOptions } from '../../window/window-options.js';
import type { Config } from './schema.js';

/** The channels that windows have: the input's, in their order, each with its aggregation. */
export function windowChannels({ channels, pivot }: Config['input']): ChannelOptions[] {
  if (pivot !== undefined) {
    return pivot.values.map((name) => ({ name, aggregate: pivot.aggregate, cumulative: pivot.cumulative }));
  }
  if (channels === undefined) return [{ name: 'events', aggregate: 'sum' }];
  return channels.flatMap((channel) => {
    const { name, aggregate } = channel;
    if ('count' in channel) return { name, aggregate, cumulative: false };
    return elementNames(name, channel.elements).map((name) => ({ name, aggregate, cumulative: channel.cumulative }));
  });
}
