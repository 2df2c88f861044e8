/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.PROSA_URL ?? 'http://localhost:8080';
const proxy = Object.fromEntries(
  ['/api', '/hooks'].map((path) => [path, { target: server, changeOrigin: true }]),
);

interface Graph {
  getModuleInfo: (id: string) => { importedIds: string[] } | null;
}
const entry = fileURLToPath(new URL('./src/main.tsx', import.meta.url)).replaceAll('\\', '/');
let first: Set<string> | undefined;

/** What the first screen needs: everything the entry imports, and what that imports. */
function firstLoad(graph: Graph): Set<string> {
  const found = new Set([entry]);
  for (const id of found) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next);
  return found;
}

/**
 * The first screen comes in two files, ours and others', not in one for each
 * pair of pages that share something; the icons of all other pages in a third.
 */
const groups = [
  { name: named('vendor', (id, isFirst) => isFirst && id.includes('/node_modules/')), priority: 3 },
  { name: named('app', (_, isFirst) => isFirst), priority: 2 },
  { name: named('icons', (id) => id.includes('/@tabler/icons-react/')), priority: 1 },
];

function named(name: string, takes: (id: string, isFirst: boolean) => boolean) {
  return (id: string, graph: Graph) => {
    first ??= firstLoad(graph);
    return takes(id, first.has(id)) ? name : null;
  };
}

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
      output: { codeSplitting: { groups } },
    },
  },
  server: { proxy },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
}));
