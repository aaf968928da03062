import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../../../runner/events.ts'
import { traceToJson } from '../../../trace/json.ts'
import { readTrace } from '../../../trace/messages.ts'
import {
  broken,
  causeOf,
  implementationStarted,
  RUN_STARTED,
  runFinished,
  scenarioFinished,
  unexpected,
} from '../../testing/run.ts'
import { control, OPENED, traceOf } from './traces.ts'

/** Markup, scripts, NUL, a right-to-left override, a separator of lines and half a character. */
const EVIL = '<img src=x onerror=alert(1)></script><script>alert(2)</script>\u0000\u202e\u2028\ud800"\'&'

/**
 * A run of an implementation that sends and logs such text wherever it can. Its trace and its log,
 * which also has a line of 64 KB and invalid UTF-8, are written into the directory.
 */
export function hostileRun(directory: string): readonly RunEvent[] {
  const trace = traceOf(
    OPENED,
    control('iut', 'Start-Control-Connection-Request', { hostName: EVIL, vendorName: EVIL }),
    { kind: 'note', text: EVIL },
    { kind: 'tcp-reset', connection: 1, from: 'iut', detail: EVIL },
  )
  mkdirSync(join(directory, 'x'))
  writeFileSync(join(directory, 'x/a.json'), traceToJson(readTrace(trace)))
  writeFileSync(
    join(directory, 'x/a.log'),
    Buffer.concat([Buffer.from(`0.001 ${EVIL}\n${'y'.repeat(65_536)}\n`), Buffer.from([0xff, 0xfe, 0x0a])]),
  )
  return [
    { ...RUN_STARTED, arguments: ['run', EVIL] },
    implementationStarted([EVIL], EVIL, {
      title: EVIL,
      provenance: { implementation: EVIL, versions: { [EVIL]: EVIL }, engine: EVIL },
      causes: [causeOf(EVIL, { title: EVIL, owner: EVIL })],
    }),
    scenarioFinished(
      {
        scenario: EVIL,
        verdict: 'fail',
        purpose: EVIL,
        reason: EVIL,
        findings: [broken(EVIL, { seen: EVIL, entry: 1 })],
      },
      unexpected({ fresh: [EVIL], seen: EVIL }),
      EVIL,
      { files: { trace: 'x/a.json', log: 'x/a.log', pcapng: `x/${EVIL}` } },
    ),
    runFinished(1, EVIL),
  ]
}
