/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.PROSA_URL ?? 'http://localhost:8080';
const proxy = Object.fromEntries(
  ['/api', '/hooks'].map((path) => [path, { target: server, changeOrigin: true }]),
);

export default defineConfig(({ command }) => ({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The server replaces this by a fresh value in every page it serves.
  html: command === 'build' ? { cspNonce: '__PROSA_NONCE__' } : {},
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // One file of icons instead of one for each.
      output: { codeSplitting: { groups: [{ name: 'icons', test: /@tabler[\\/]icons-react/ }] } },
    },
  },
  server: { proxy },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
}));
