/** `npm run bench`: what is measured is made as users have it. */
import { start } from '../harness/cli/programs.mjs'

await start('bench')
