import type { Panel } from './panel.js';
import { ALERT_PANELS } from './panels/alert-panels.js';
import { DRIFT_PANELS } from './panels/drift-panels.js';
import { FLOW_PANELS } from './panels/flow-panels.js';
import { MODEL_PANELS } from './panels/model-panels.js';
import { RESOURCE_PANELS } from './panels/resource-panels.js';
import { SEGMENT_PANELS } from './panels/segment-panels.js';

/** All panels by their rows, in the order of the questions that somebody on call asks. */
export const PANELS: Readonly<Record<string, readonly Panel[]>> = {
  'Is it alive and keeping up?': FLOW_PANELS,
  'Model and retraining': MODEL_PANELS,
  Segments: SEGMENT_PANELS,
  Drift: DRIFT_PANELS,
  Alerts: ALERT_PANELS,
  Resources: RESOURCE_PANELS,
};
