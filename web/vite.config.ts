import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Every browser that runs this code reads WOFF2: the older files would only fill the disk. */
function onlyWoff2(): Plugin {
  return {
    name: 'only-woff2',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/@fontsource') || !id.split('?')[0]?.endsWith('.css')) return null;
      return code.replace(/,\s*url\([^)]*\.woff\)\s*format\(['"]woff['"]\)/g, '');
    },
  };
}

/** ApexCharts puts a style element beside each legend; ours are drawn by features/admin/Chart. */
function withoutInlineStyles(): Plugin {
  const put = /\.appendChild\(this\.getLegendStyles\(\)\)/;
  return {
    name: 'without-inline-styles',
    transform(code, id) {
      if (!id.includes('/apexcharts/dist/') || !id.split('?')[0]?.endsWith('.js')) return null;
      if (!put.test(code)) throw new Error('ApexCharts changed: look how it styles its legend.');
      return code.replace(put, '.hasChildNodes()');
    },
  };
}

export default defineConfig({
  plugins: [onlyWoff2(), withoutInlineStyles(), react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // Nothing is put into the page itself: the content security policy allows files only.
    assetsInlineLimit: 0,
    manifest: 'files.json',
    // ApexCharts is that large, and comes only when somebody looks at charts.
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
});
