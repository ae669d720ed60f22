// How the page is built. Everything lands in one folder that the server offers under /playground/.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/playground/',
  // The server replaces it by a random value in each answer (src/lib.rs).
  html: { cspNonce: 'NONCE-OF-THIS-ANSWER' },
  build: {
    chunkSizeWarningLimit: 8192,
  },
  // `npm run dev` beside `cargo run`: changes show at once.
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
});
