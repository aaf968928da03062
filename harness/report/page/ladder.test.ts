import { expect, it } from 'vitest'
import { controlMessage, encodeControl } from '../../protocol/control.ts'
import { readTrace } from '../../trace/messages.ts'
import type { PageFinding } from './data.ts'
import { FEWEST_FOLDED, folded, ladderRows, readPageTrace } from './ladder.ts'
import { fieldsIn } from './packet.ts'
import { control, datagram, gre, OPENED, traceOf } from './testing/traces.ts'
import { pageTrace } from './traces.ts'

const WRONG: PageFinding = {
  requirement: '2.6/identifier',
  verdict: 'fail',
  expected: 'Identifier 0x00000001',
  seen: 'Identifier 0x00000002',
  entry: 2,
  readings: [],
  monitor: undefined,
}
const ECHO = traceOf(
  OPENED,
  control('tester', 'Echo-Request', { identifier: 1 }),
  control('iut', 'Echo-Reply', { identifier: 2, resultCode: 9 }),
  { kind: 'tcp-end', connection: 1, from: 'iut' },
  { kind: 'tcp-reset', connection: 1, from: 'tester', detail: 'ECONNRESET' },
  { kind: 'note', text: 'over' },
)

it('makes a row of each message, event of TCP and note, and marks the packet of a finding', () => {
  const rows = ladderRows(readTrace(ECHO), [WRONG, { ...WRONG, verdict: 'pass', entry: 1 }])
  expect(
    rows.map((row) => [row.id, row.kind, row.kind === 'tcp' ? row.event : '', row.findings.length]),
  ).toEqual([
    ['0', 'tcp', 'open', 0],
    ['1', 'packet', '', 0],
    ['2', 'packet', '', 1],
    ['3', 'tcp', 'fin', 0],
    ['4', 'tcp', 'rst', 0],
    ['5', 'remark', '', 0],
  ])
  expect(rows[2]).toMatchObject({
    from: 'iut',
    layer: 'control',
    label: 'Echo-Reply',
    oddities: ['Result Code is 9 where one of 1, 2 is defined'],
  })
})

it('reads from the page what it was made of', () => {
  const page = JSON.parse(JSON.stringify(pageTrace(ECHO, '')))
  expect(ladderRows(readPageTrace(page), [])).toEqual(ladderRows(readTrace(ECHO), []))
})

it('names two messages of one segment apart', () => {
  const one = encodeControl(controlMessage('Echo-Request', { identifier: 1 }))
  const both = new Uint8Array([...one, ...one])
  const rows = ladderRows(
    readTrace(traceOf(OPENED, { kind: 'tcp-data', connection: 1, from: 'tester', octets: both })),
    [],
  )
  expect(rows.map(({ id }) => id)).toEqual(['0', '1', '1.1'])
})

it('folds long runs of like packets, but not the one that a finding is about', () => {
  const data = Array.from({ length: 40 }, (_, at) =>
    at % 2 === 0
      ? gre('iut', { callId: 1, sequenceNumber: at, payload: datagram(20, at) })
      : gre('tester', { callId: 2, acknowledgmentNumber: at - 1 }),
  )
  const reading = readTrace(traceOf(OPENED, ...data))
  const [opened, fold, ...rest] = folded(ladderRows(reading, []))
  expect(opened).toMatchObject({ kind: 'tcp' })
  expect(fold).toMatchObject({
    kind: 'fold',
    label: '20 × IPv4, 16 octets from the implementation, 20 × GRE acknowledgment from the tester',
  })
  expect(rest).toEqual([])
  const marked = folded(ladderRows(reading, [{ ...WRONG, entry: 20 }]))
  expect(marked.map(({ kind }) => kind)).toEqual(['tcp', 'fold', 'packet', 'fold'])
  const few = folded(ladderRows(readTrace(traceOf(...data.slice(0, FEWEST_FOLDED - 1))), []))
  expect(few.every(({ kind }) => kind === 'packet')).toBe(true)
})

it('lists the fields of a control message with legal values, and says which are illegal', () => {
  const [, , reply] = ladderRows(readTrace(ECHO), [])
  const fields = reply?.kind === 'packet' ? fieldsIn(reply.part) : []
  expect(fields.find(({ label }) => label === 'Result Code')).toEqual({
    layer: 'PPTP',
    label: 'Result Code',
    offset: 16,
    size: 1,
    shown: '9 (undefined)',
    legal: '1 OK, 2 General Error',
    isIllegal: true,
  })
  expect(fields.filter(({ isIllegal }) => isIllegal)).toHaveLength(1)
  expect(fields.map(({ offset }) => offset)).toEqual([0, 2, 4, 8, 10, 12, 16, 17, 18])
})

it('lists the fields of GRE and of the PPP frame in it', () => {
  const payload = Uint8Array.from([0xff, 3, 0xc0, 0x21, 1, 7, 0, 4])
  const [row] = ladderRows(
    readTrace(traceOf(gre('iut', { callId: 5, sequenceNumber: 9, flags: 2, payload }))),
    [],
  )
  const fields = row?.kind === 'packet' ? fieldsIn(row.part) : []
  expect(row).toMatchObject({ layer: 'ppp', label: 'LCP Configure-Request id 7' })
  expect(fields.filter(({ isIllegal }) => isIllegal)).toMatchObject([
    { label: 'Flags', shown: '2', legal: '0', mask: '0x0078' },
  ])
  expect(
    fields.filter(({ layer }) => layer === 'PPP').map(({ label, offset, shown }) => [label, offset, shown]),
  ).toEqual([
    ['Address and Control', 12, 'FF 03'],
    ['Protocol', 14, '0xC021 (LCP)'],
    ['Code', 16, '1 (Configure-Request)'],
    ['Identifier', 17, '7'],
    ['Length', 18, '4'],
  ])
})
