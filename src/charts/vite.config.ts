import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// Apache ECharts asks for its notice wherever it goes, zrender below it for its licence.
const read = (path: string): string =>
  readFileSync(new URL(`../../node_modules/${path}`, import.meta.url), 'utf8').trim();
const NOTICE = `/*! ${read('echarts/NOTICE')}\nLicensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n\nzrender:\n${read('zrender/LICENSE')} */`;

// What draws the charts of `segtide report`, in one file without imports.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  ssr: { noExternal: true },
  esbuild: { legalComments: 'none' },
  build: {
    ssr: fileURLToPath(new URL('render-chart.ts', import.meta.url)),
    outDir: fileURLToPath(new URL('../../dist/charts', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    minify: true,
    reportCompressedSize: false,
    rollupOptions: { output: { banner: NOTICE } },
  },
  logLevel: 'warn',
});
