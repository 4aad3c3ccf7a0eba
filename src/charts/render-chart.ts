import {
  BarChart,
  type BarSeriesOption,
  LineChart,
  type LineSeriesOption,
  SankeyChart,
  type SankeySeriesOption,
  ScatterChart,
  type ScatterSeriesOption,
} from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  MarkLineComponent,
  TitleComponent,
  type TitleComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

// Bundled into one file of the package, as the page is: users install no chart library.
use([BarChart, LineChart, SankeyChart, ScatterChart, GridComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

/** What the charts of a report are made of. */
export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | SankeySeriesOption
  | ScatterSeriesOption
  | GridComponentOption
  | TitleComponentOption
>;

/**
 * Draws a chart as SVG, without a browser. It holds no style, neither as an element nor as an attribute, so that a page
 * that shows it needs no exception in its content security policy; colours may be variables of the page.
 *
 * @param width in pixels, as is the height; the picture scales
 * @param label what the chart shows, for those who don't see it
 */
export function renderChart(option: ChartOption, width: number, height: number, label: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, useUTC: true, ...option });
    return withoutStyle(chart.renderToSVGString({ useViewBox: true })).replace(
      '<svg ',
      `<svg role="img" aria-label="${label.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}" `,
    );
  } finally {
    chart.dispose();
  }
}

function withoutStyle(svg: string): string {
  return svg
    .replace(/<style ?>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => toAttributes(style));
}

/** Declarations as the attributes of the same names; of the shorthand `font` its size, weight and family. */
function toAttributes(style: string): string {
  return style
    .split(';')
    .map((declaration) => declaration.split(':').map((part) => part.trim()))
    .map(([name = '', value = '']) => {
      if (name === 'font') {
        const [, weight = 'normal', size = '', family = ''] = /^\S+ (\S+) (\S+) (.*)$/.exec(value) ?? [];
        return ` font-weight="${weight}" font-size="${size}" font-family="${family}"`;
      }
      return /^font-(?:size|weight|family)$/.test(name) ? ` ${name}="${value}"` : '';
    })
    .join('');
}
