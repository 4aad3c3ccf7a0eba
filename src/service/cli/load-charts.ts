import { pathToFileURL } from 'node:url';
import type * as RenderChart from '../../charts/render-chart.js';
import { SegtideError } from '../../errors.js';
import { packagePath } from './package-path.js';

/** The charts are bundled by the build: there is no library to install. */
export async function loadCharts(): Promise<typeof RenderChart> {
  const path = packagePath('dist/charts/render-chart.js');
  try {
    return (await import(pathToFileURL(path).href)) as typeof RenderChart;
  } catch (cause) {
    throw new SegtideError('config', `the charts are not built: there is no ${path}; run 'npm run build'`, { cause });
  }
}
