import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import { referenceImplementation } from '../implementations/embedded.ts'
import { claimsOf, listImplementations } from '../implementations/manifest.ts'
import { eventSchema } from '../runner/events.ts'
import { type Pics, picsSchema } from '../scenario/claims.ts'
import { parseEvents, readEvents } from './events.ts'
import { EVERYTHING, implementationStarted } from './testing/run.ts'
import { writeReports } from './write.ts'

const TEXT = EVERYTHING.map((event) => `${JSON.stringify(event)}\n`).join('')

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pptpspec-report-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('reads what a run wrote', () => {
  const file = join(directory, 'events.ndjson')
  writeFileSync(file, TEXT)
  expect(readEvents(file)).toEqual(EVERYTHING)
})

test('the schema has all fields of the events of a run', () => {
  expect(new Set(EVERYTHING.map(({ kind }) => kind))).toEqual(
    new Set(eventSchema.options.map(({ shape }) => shape.kind.value)),
  )
  // A field that is missing in the schema would be dropped when an event is parsed.
  for (const event of EVERYTHING) expect(eventSchema.parse(event)).toStrictEqual(event)
})

test('all events before the point at which a run was killed are read', () => {
  for (let length = 0; length <= TEXT.length; length += 7) {
    const cut = TEXT.slice(0, length)
    const whole = cut.split('\n').length - 1
    // The last line may lack only its newline.
    expect([whole, whole + 1]).toContain(parseEvents(cut, 'events').length)
  }
})

test.each([
  ['damage in the middle', `{"at":\n${TEXT}`, /line 1, is not an event: it is not JSON/],
  ['another kind', `${TEXT}{"at":1,"kind":"surprise"}\n`, /line 18, is not an event: kind/],
  ['the format before this one', TEXT.replace('"format":2', '"format":1'), /line 1, is not an event: format/],
  ['a sum without counts', TEXT.replace('"kept":5,', ''), /line 16, is not an event: watched\.0\.kept/],
  ['another comparison', TEXT.replace('"as-expected"', '"so-so"'), /is not an event: comparison\.kind/],
  ['a wrong value', TEXT.replace('"lanes":2', '"lanes":"two"'), /line 1, is not an event: lanes/],
  ['an unknown verdict', TEXT.replace('"verdict":"inconclusive"', '"verdict":"dunno"'), /result.verdict/],
])('names the line with %s', (_, text, message) => {
  expect(() => parseEvents(text, 'events.ndjson')).toThrow(message)
  expect(() => parseEvents(text, 'events.ndjson')).toThrow(UsageError)
})

const CLAIMING: readonly (readonly [name: string, pics: Pics])[] = [
  ['reference', referenceImplementation().pics],
  ...listImplementations().map(({ manifest }) => [manifest.name, claimsOf(manifest)] as const),
]

test.each(CLAIMING)('knows every claim of %s', (_, pics) => {
  const stored: unknown = JSON.parse(JSON.stringify(pics))
  const started = { ...implementationStarted([]), pics }
  expect(parseEvents(`${JSON.stringify(started)}\n`, 'events')).toEqual([started])
  // A claim that is missing in the schema would be dropped when an event is parsed.
  expect(picsSchema.parse(stored)).toStrictEqual(stored)
})

test('checks the claims of an originator, too', () => {
  expect(CLAIMING.filter(([, { dialling }]) => dialling !== undefined).length).toBeGreaterThan(1)
  const started = JSON.stringify(implementationStarted([])).replace(
    '"ppp":true',
    '"ppp":true,"dialling":true',
  )
  expect(() => parseEvents(`${started}\n`, 'events')).toThrow(/pics\.dialling/)
})

test('a missing file is a usage error', () => {
  expect(() => readEvents(join(directory, 'none'))).toThrow(UsageError)
})

test('writes all reports, also of a run that was killed', () => {
  writeReports(EVERYTHING, join(directory, 'new'))
  const read = (name: string) => readFileSync(join(directory, 'new', name), 'utf8')
  expect(JSON.parse(read('results.json'))).toMatchObject({
    exitCode: 3,
    implementations: [{ name: 'pptpd', counts: { fail: 2 }, missing: ['lcp/slow@recipient'] }],
  })
  expect(read('summary.md')).toContain('frame 6 of `pptpd/x.pcapng`')
  writeReports(EVERYTHING.slice(0, 5), join(directory, 'new'))
  expect(read('summary.md')).toContain('The run did not finish')
  expect(read('junit.xml')).toContain('planned and never finished')
})

test('throws when reports cannot be written', () => {
  writeFileSync(join(directory, 'file'), '')
  expect(() => writeReports([], join(directory, 'file'))).toThrow(EnvironmentError)
})

test('a time that no date can have is an error that names the line', () => {
  const started = EVERYTHING[0]
  expect(() => parseEvents(`${JSON.stringify({ ...started, at: 1e300 })}\n`, 'x')).toThrow(
    'x, line 1, is not an event: at: it is not a time: ms since 1970 are expected',
  )
})
