import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// Bundled with the page; both by the MIT licence, which asks for this.
const NOTICE = `/*! uPlot, copyright (c) Leon Sorokin; Preact, copyright (c) 2015-present Jason Miller. MIT License:
${readFileSync(new URL('../../node_modules/uplot/LICENSE', import.meta.url), 'utf8')
  .split('\n')
  .slice(4)
  .join('\n')
  .trim()} */`;

// The page of `segtide view`: one script and one style sheet, served from the package.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'inline' },
  build: {
    outDir: fileURLToPath(new URL('../../dist/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Inline scripts and data would need exceptions in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { output: { banner: NOTICE } },
  },
  logLevel: 'warn',
});
