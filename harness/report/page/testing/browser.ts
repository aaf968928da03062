import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer-core'

/** Names under which systems install Chromium and its relatives. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/**
 * Returns the path of a Chromium for tests; undefined where none is installed. With
 * PPTPSPEC_REQUIRE_CHROMIUM=1 that is an error, so that CI cannot skip tests unnoticed.
 */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  if (found === undefined && process.env.PPTPSPEC_REQUIRE_CHROMIUM === '1')
    throw new Error('chromium is required and not installed: apt-get install chromium')
  return found
}

/** Starts a browser without a window. */
export function startBrowser(executablePath: string): Promise<Browser> {
  // Chromium's own sandbox refuses to work for root; it opens only pages that tests made.
  return puppeteer.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
    protocolTimeout: 120_000,
  })
}
