import type { BuildOptions } from 'esbuild'

/**
 * The esbuild options for the program of the page; `report-page/tsconfig.json` has those of JSX.
 */
export const PAGE_BUNDLE = {
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  charset: 'ascii',
  logLevel: 'error',
} as const satisfies BuildOptions
