import { expect, test } from 'vitest'
import { MONITORS } from '../../suites/monitors/index.ts'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { data, traceOf } from '../trace/testing/traces.ts'
import { isBroken, judgeConversation } from './judgement.ts'

const REQUEST = encodeControl(controlMessage('Start-Control-Connection-Request'))
const UNDEFINED_CODE = encodeControl(
  controlMessage('Start-Control-Connection-Reply', { resultCode: 9, errorCode: 1 }),
)

test('both ends are judged, the gravest finding first, with frames of the capture', () => {
  const trace = traceOf(data(REQUEST), data(UNDEFINED_CODE, 'iut'))
  const frames = [4, 5]
  const judged = judgeConversation({ trace, tester: '192.0.2.1', iut: '192.0.2.2', frames }, MONITORS)
  expect(judged).toMatchObject({
    startedAt: '2023-11-14T22:13:20.000Z',
    connections: 0,
    controlMessages: 2,
    notes: ['the beginning of connection 1 is not in the capture'],
    ends: [
      { role: 'originator', address: '192.0.2.1' },
      { role: 'recipient', address: '192.0.2.2' },
    ],
  })
  const [, recipient] = judged.ends
  expect(recipient.findings).toContainEqual(
    expect.objectContaining({ requirement: '2.2/result-code-defined', verdict: 'fail', frame: 5 }),
  )
  const verdicts = recipient.findings.map(({ verdict }) => verdict)
  const gravity = { fail: 0, warn: 1, pass: 2 }
  expect(verdicts).toEqual([...verdicts].sort((a, b) => gravity[a] - gravity[b]))
  expect(isBroken([judged])).toBe(true)
  expect(isBroken([])).toBe(false)
})

test('a capture with an invalid time is judged, too', () => {
  const trace = { ...traceOf(), startedAt: Number.MAX_VALUE }
  const conversation = { trace, tester: 'a', iut: 'b', frames: [] }
  expect(judgeConversation(conversation, [])).toMatchObject({
    startedAt: 'at an invalid time',
    duration: 0,
    notes: ['the control connection is not in the capture'],
  })
})
