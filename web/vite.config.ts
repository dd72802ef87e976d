import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev:page` finds the service that it stands in front of. */
const SERVICE = process.env['AWO_URL'] ?? 'http://127.0.0.1:8888';
const API = [
  '/agent-work-orders',
  '/docs',
  '/events',
  '/github',
  '/health',
  '/openapi.json',
  '/repositories',
  '/service',
  '/session',
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy lets no inline resource in.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(API.map((path) => [path, { target: SERVICE, ws: true }])) },
});
