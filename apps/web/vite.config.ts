import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const dist = join(import.meta.dirname, 'dist');

/** Compresses once what is sent many times. */
function compress(): void {
  for (const entry of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const file = join(dist, entry);
    if (/\.(js|css|svg)$/.test(file)) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

// The pages are one bundle of their own: what the API serves are files, and nothing of node_modules is needed then.
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  resolve: { conditions: ['@caviar/source', 'module', 'browser', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic' } },
  plugins: [{ name: 'compress', closeBundle: compress }],
  build: {
    outDir: dist,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy of the page has no data: for scripts and fonts
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000, // the charts, which are loaded when one is drawn
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/.*\/(react|react-dom|scheduler)\// },
            { name: 'charts', test: /node_modules\/.*\/(echarts|zrender|tslib)\// },
            { name: 'schemas', test: /node_modules\/.*\/zod\/|packages\/(contracts|spec)\// },
          ],
        },
      },
    },
  },
});
