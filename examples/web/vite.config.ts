// The page and the gateway under one origin, so that the session's cookie is the page's own and no CORS is needed.
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const gateway = loadEnv(mode, '.', 'GATEWAY')['GATEWAY'] ?? 'http://127.0.0.1:4000';
  const proxy = { '/graphql': { target: gateway, ws: true } };
  return {
    server: { proxy },
    preview: { proxy },
    build: { target: 'es2022' },
  };
});
