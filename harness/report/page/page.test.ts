import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { REQUIREMENTS } from '../../../suites/catalogue.ts'
import { INTERPRETATIONS } from '../../../suites/interpretations.ts'
import type { RunEvent } from '../../runner/events.ts'
import { traceToJson } from '../../trace/json.ts'
import { readTrace } from '../../trace/messages.ts'
import { tallyOf } from '../tally.ts'
import {
  broken,
  EVERYTHING,
  implementationStarted,
  RUN_STARTED,
  runFinished,
  scenarioFinished,
} from '../testing/run.ts'
import type { PageData, PageTrace } from './data.ts'
import { numberedResults, pageData } from './overview.ts'
import { pageHtml } from './page.ts'
import { hostileRun } from './testing/hostile.ts'
import { datagram, gre, OPENED, traceOf } from './testing/traces.ts'
import { logLines, packTraces, pageTrace } from './traces.ts'

const KNOWLEDGE = { requirements: REQUIREMENTS, interpretations: INTERPRETATIONS }
const PROGRAM = { script: 'const own = "</script>"', style: 'body { color: red }' }

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-page-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The page of a run, and what is embedded in it. */
function pageOf(events: readonly RunEvent[], directory = temporary()) {
  const run = tallyOf(events)
  const { places, packed } = packTraces(numberedResults(run), directory)
  const html = pageHtml(pageData(run, places, KNOWLEDGE), packed, PROGRAM)
  const data = JSON.parse(/id="run">(.*)<\/script>/.exec(html)?.[1] ?? '') as PageData
  const traceAt = (at: number): PageTrace => {
    const [, text = ''] = new RegExp(`id="trace-${at}">([^<]*)<`).exec(html) ?? []
    return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString())
  }
  return { html, data, places, traceAt }
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u

it('holds no markup, script or hidden character that an implementation sent', () => {
  const directory = temporary()
  const { html, data, traceAt } = pageOf(hostileRun(directory), directory)
  expect(html.match(/<script/gi)).toHaveLength(3)
  expect(html.match(/<\/script/gi)).toHaveLength(3)
  expect(html).not.toContain('<img')
  expect(html.replaceAll('\n', '')).not.toMatch(HIDDEN)
  const [only] = data.cases
  for (const text of [only?.id, only?.purpose, only?.findings[0]?.seen, data.implementations[0]?.title])
    expect(text).not.toMatch(HIDDEN)
  expect(only?.trace).toBe('embedded')
  const { entries, log } = traceAt(0)
  expect(JSON.stringify(entries)).not.toMatch(HIDDEN)
  expect(log[0]?.at).toBe(1)
  expect(log[1]?.text.length).toBeLessThan(600)
  for (const { text } of log) expect(text).not.toMatch(HIDDEN)
})

it('lets a browser run its own script and nothing else', () => {
  const { html } = pageOf(EVERYTHING)
  const [, policy = ''] = /Security-Policy" content="([^"]*)"/.exec(html) ?? []
  const hashOf = (tag: string) => {
    const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? []
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  }
  expect(policy).toBe(
    `default-src 'none'; script-src ${hashOf('script')}; style-src ${hashOf('style')}; base-uri 'none'; form-action 'none'`,
  )
  expect(html).toContain('const own = "<\\/script>"')
  expect(html).not.toMatch(/(src|href)=/)
})

it('tells of causes, suites, requirements and cases', () => {
  const { data } = pageOf(EVERYTHING)
  const [one] = data.implementations
  expect(one?.causes[0]).toMatchObject({ state: 'new' })
  expect(one?.causes.map(({ state }) => state)).toContain('known')
  expect(data.suites.map(({ topic }) => topic)).toContain('start')
  expect(data.requirements.length).toBeGreaterThanOrEqual(Object.keys(REQUIREMENTS).length)
  const cookie = data.requirements.find(({ id }) => id === '1.4/magic-cookie')
  expect(cookie?.cells[0]).toMatchObject({ verdict: 'fail' })
  const bad = data.cases.find(({ id }) => id === 'start/bad#cookie=0@recipient')
  expect(bad).toMatchObject({ verdict: 'fail', isUnexpected: true, topic: 'start', trace: 'unreadable' })
  expect(bad?.findings[0]).toMatchObject({ seen: 'a reply', entry: 3 })
})

it('says that a run is incomplete: cut off, interrupted, or without its beginning', () => {
  const incomplete = (events: readonly RunEvent[]) => pageOf(events).data.run.incomplete
  const whole = [
    RUN_STARTED,
    implementationStarted(['a/b@recipient']),
    scenarioFinished({ scenario: 'a/b@recipient', verdict: 'pass' }),
  ]
  expect(incomplete([...whole, runFinished(0)])).toBeUndefined()
  expect(incomplete(whole)).toBe('the run did not finish')
  expect(incomplete(whole.slice(0, 2))).toBe('the run did not finish; 1 planned case without a result')
  expect(incomplete([...whole, { ...runFinished(3), interrupted: 'SIGINT' }])).toBe(
    'the run was interrupted (SIGINT)',
  )
  expect(incomplete(whole.slice(1))).toBe('the events do not hold the beginning of the run')
})

it('reads no file outside of the results, whatever the events name', () => {
  const outside = temporary()
  const directory = join(outside, 'results')
  mkdirSync(join(directory, 'x'), { recursive: true })
  const good = traceToJson(readTrace(traceOf(OPENED)))
  writeFileSync(join(outside, 'secret.json'), good)
  writeFileSync(join(directory, 'x/good.json'), good)
  writeFileSync(join(directory, 'x/half.json'), good.slice(0, 80))
  symlinkSync(join(outside, 'secret.json'), join(directory, 'x/link.json'))
  const names = [
    'x/good.json',
    'x/half.json',
    '../secret.json',
    join(outside, 'secret.json'),
    'x/link.json',
    'x',
  ]
  const ids = names.map((_, at) => `a/${at}@recipient`)
  const { places } = pageOf(
    [
      RUN_STARTED,
      implementationStarted(ids),
      ...names.map((trace, at) =>
        scenarioFinished({ scenario: ids[at] ?? '', verdict: 'fail' }, undefined, 'pptpd', {
          files: { trace },
        }),
      ),
    ],
    directory,
  )
  expect(places).toEqual(['embedded', 'unreadable', 'unreadable', 'unreadable', 'unreadable', 'kept'])
})

it('reads the times of log lines', () => {
  expect(logLines('0.178 Nov 30 pppd started\nno time\n\n12.000 \n')).toEqual([
    { at: 178, text: 'Nov 30 pppd started' },
    { at: undefined, text: 'no time' },
    { at: 12_000, text: '' },
  ])
  expect(logLines('x\n'.repeat(3_000)).at(-1)?.text).toBe('1000 more lines are in the log file')
})

it('cuts a trace of too many entries, and says so', () => {
  const note = { kind: 'note', text: 'again' } as const
  const { entries } = pageTrace(traceOf(...Array(20_005).fill(note)), '')
  expect(entries).toHaveLength(20_001)
  expect(entries.at(-1)).toMatchObject({ text: '5 more entries are in the trace, but not on this page' })
})

const CASES = 2_000
const PACKETS = 100

it('stays below 15 MB for 2,000 cases and 200,000 packets', { timeout: 300_000 }, () => {
  const directory = temporary()
  mkdirSync(join(directory, 'x'))
  const ids = Array.from({ length: CASES }, (_, at) => `suite-${at % 20}/case-${at}@recipient`)
  const known = Object.keys(REQUIREMENTS)
  for (const at of ids.keys()) {
    const packets = Array.from({ length: PACKETS }, (_, nth) =>
      gre(nth % 2 === 0 ? 'iut' : 'tester', {
        callId: at,
        sequenceNumber: nth,
        payload: datagram(40 + (nth % 60), at * PACKETS + nth),
      }),
    )
    writeFileSync(join(directory, `x/${at}.json`), traceToJson(readTrace(traceOf(OPENED, ...packets))))
  }
  const { html, places } = pageOf(
    [
      RUN_STARTED,
      implementationStarted(ids),
      ...ids.map((scenario, at) =>
        scenarioFinished(
          {
            scenario,
            verdict: 'fail',
            findings: Array.from({ length: 8 }, (_, nth) => broken(known[(at + nth) % known.length] ?? '')),
          },
          undefined,
          'pptpd',
          { files: { trace: `x/${at}.json` } },
        ),
      ),
      runFinished(1),
    ],
    directory,
  )
  expect(html.length).toBeLessThan(15 * 1024 * 1024)
  expect(places.filter((place) => place === 'embedded').length).toBe(CASES)
})
