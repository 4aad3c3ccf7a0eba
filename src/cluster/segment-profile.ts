import type { QuantileBand } from './quantile-band.js';

/** What a segment's customers ask for. */
export type Advice = 'model' | 'rule' | 'inactive';

/** One channel of a segment, in the channel's own unit. */
export interface ChannelProfile {
  /** Mean usage per step, over all known cells of all members. */
  readonly level: number;
  /** Change of the prototype's trend line over the window, relative to its larger end, in [-1, 1]: -0.5 is a fall by half. */
  readonly trend: number;
  /** Mean over the active members of the standard deviation over their mean. */
  readonly volatility: number;
  /** Strength and period of what repeats within a window. */
  readonly seasonality: Seasonality;
  /** Part of the mean's squared error that the best forecast saves in the last quarter of the windows, in [0, 1]; see `backTest`. */
  readonly forecastability: number;
  /** What a model forecasts better than the better simple rule, as part of that rule's error; negative where it is worse. */
  readonly forecastSkill: number;
  /** Share of the known cells that are zero. */
  readonly zeroShare: number;
}

export interface Seasonality {
  /** Mean autocorrelation of the active members, less their trend, at the lag; in [0, 1]. */
  readonly strength: number;
  /** In steps; 0 where nothing repeats. */
  readonly lag: number;
}

/** What a segment looks like, from the members that a sample of the stream holds. */
export interface SegmentProfile {
  readonly segmentId: string;
  readonly modelVersion: string;
  /** Readable and unique within the model, such as `weekend, growing`; made from the other fields. */
  readonly name: string;
  readonly advice: Advice;
  /** Windows of the sample that belong to the segment. */
  readonly size: number;
  /** Their share of the stream, in [0, 1]: of the sample without what is there beyond the share of its segment. */
  readonly share: number;
  /** Mean of the members per step and channel, unscaled; NaN where no member knows the cell. */
  readonly prototype: Float32Array; // (steps, channels)
  /** Between which 10 % and 90 % of the members lie, per step and channel. */
  readonly band: QuantileBand;
  /** The curve that the decoder makes of the members' mean latents, unscaled, where one was given. */
  readonly decoded: Float32Array | undefined; // (steps, channels)
  /** Customer whose window lies nearest to the centroid; undefined in a segment without members. */
  readonly medoidCustomer: string | undefined;
  /** Start of that window, epoch ms. */
  readonly medoidStart: number | undefined;
  readonly channels: readonly ChannelProfile[];
  /** Share of the members without any usage. */
  readonly inactiveShare: number;
  /** Mean share of the steps with at least one event. */
  readonly observedShare: number;
  /** Latest end of a member window, epoch ms; -Infinity without members. */
  readonly windowEnd: number;
}
