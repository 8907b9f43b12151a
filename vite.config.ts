import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The web page: everything it needs comes with it, so that it works without the internet and under a strict content-security policy. */
export default defineConfig({
  root: fileURLToPath(new URL('collector/dashboard', import.meta.url)),
  base: '/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Inline data would need a weaker policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
