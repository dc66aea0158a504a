// How the page is built: static files for the gateway to embed, every one from the gateway's own origin.
import { defineConfig } from 'vite';

const jsonFormatter = decodeURIComponent(new URL('src/json-formatter.ts', import.meta.url).pathname);

export default defineConfig({
  base: '/',
  resolve: {
    // The two halves of the formatter of JavaScript; the file says why they are replaced.
    alias: {
      'prettier/parser-babel': jsonFormatter,
      'prettier/plugins/estree': jsonFormatter,
      // The old name of the same module, which would be bundled a second time.
      'prettier/parser-graphql': 'prettier/plugins/graphql',
    },
  },
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    target: 'es2022',
    sourcemap: false,
    // The licence texts of the bundled libraries are part of what is distributed.
    license: { fileName: 'licenses.md' },
    // The editor itself is one large chunk by nature; the warning would say so at every build.
    chunkSizeWarningLimit: 4000,
    // Directives for server rendering, which nothing here does, are in most files of the component libraries.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // The gateway tells the files of the console by this name: clients are not given them.
      input: { index: 'index.html', console: 'console.html' },
    },
  },
  worker: { format: 'es' },
  server: {
    // `npm run dev` beside a gateway running on this machine.
    proxy: { '/graphql': 'http://127.0.0.1:4000', '/console/state.json': 'http://127.0.0.1:9464' },
  },
});
