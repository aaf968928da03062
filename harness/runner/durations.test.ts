import { expect, it } from 'vitest'
import { createDurations, readDurations } from './durations.ts'
import type { EventOf } from './events.ts'

function finished(
  scenario: string,
  duration: number,
  verdict: EventOf<'scenario-finished'>['result']['verdict'] = 'pass',
): EventOf<'scenario-finished'> {
  return {
    at: 0,
    kind: 'scenario-finished',
    implementation: 'pptpd',
    lane: 0,
    result: { scenario, purpose: 'any', verdict, findings: [], duration },
    comparison: { kind: 'no-baseline' },
    watched: [],
    clock: 'real',
    speed: 1,
  }
}

const KNOWN = ['a@recipient', 'b@recipient']

it('keeps the duration of each case when it was last played, from one run to the next', () => {
  const first = createDurations()
  first.add(finished('a@recipient', 1_200.4))
  first.add(finished('b@recipient', 300))
  first.add(finished('b@recipient', 5_000, 'error'))
  first.add(finished('b@recipient', 0, 'inconclusive'))
  const second = readDurations(first.text(), KNOWN)
  expect(second?.of('pptpd', 'a@recipient')).toBe(1_200)
  expect(second?.of('pptpd', 'b@recipient')).toBe(300)
  expect(second?.of('pptpd', 'c@recipient')).toBeUndefined()
  expect(second?.of('another', 'a@recipient')).toBeUndefined()
})

it('forgets cases that no longer exist', () => {
  const first = createDurations()
  first.add(finished('a@recipient', 1))
  expect(readDurations(first.text(), ['b@recipient'])?.text()).toBe(
    '{"format":1,"implementations":{"pptpd":{}}}\n',
  )
})

it.each([
  '',
  '[]',
  '{"format":2,"implementations":{}}',
  '{"format":1,"implementations":{"pptpd":{"a@recipient":-1}}}',
  '{"format":1,"implementations":{"pptpd":{"a@recipient":"1"}}}',
])('does not take %j for a durations file', (text) => {
  expect(readDurations(text, KNOWN)).toBeUndefined()
})
