/** Starts `pptpspec` in a checkout. */
import { start } from './programs.mjs'

await start('main')
