import type { JudgedWindows } from './alert-rule-plugin.js';

/** The windows [from, to) of some. */
export function sliceOfJudged(windows: JudgedWindows, from: number, to: number): JudgedWindows {
  const cells = windows.steps * windows.channels;
  return {
    ...windows,
    length: to - from,
    customerIds: windows.customerIds.slice(from, to),
    starts: windows.starts.slice(from, to),
    ends: windows.ends.slice(from, to),
    values: windows.values.slice(from * cells, to * cells),
    mask: windows.mask.slice(from * cells, to * cells),
    segmentIds: windows.segmentIds.slice(from, to),
    distances: windows.distances.slice(from, to),
    margins: windows.margins.slice(from, to),
    reconstructionErrors: windows.reconstructionErrors.slice(from, to),
  };
}
