import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import type { ScenarioResult, WatchedFinding } from '../scenario/verdict.ts'
import {
  type Baseline,
  type BaselineCause,
  type CaseClaim,
  expectationsOf,
  formatBaseline,
  type MonitorClaim,
  readBaseline,
  unexplainedIn,
} from './baseline.ts'
import { compareResult, compareSum } from './compare.ts'
import { baselineOf, cause, finding, result, seenOf, VOCABULARY, watchedFinding } from './testing/results.ts'
import { type RunResults, updatedBaseline } from './update-baseline.ts'

const update = (old: Baseline | undefined, seen: RunResults) => updatedBaseline('some', old, seen, VOCABULARY)
const claims = ({ causes }: Baseline) =>
  causes.map(({ id, cases, monitors }) => ({
    id,
    ...(cases.length ? { cases } : {}),
    ...(monitors.length ? { monitors } : {}),
  }))

const OLD = baselineOf(
  cause('closes', [
    { case: 'a/one@recipient', fail: ['1/x'], warn: ['1/y'] },
    { case: 'a/many#*@recipient', fail: ['1/x'] },
  ]),
  cause('stuck', [{ case: 'c/three', inconclusive: true }]),
  cause('blind', [], [{ monitor: 'eye', fail: ['2/a'] }]),
)

describe('existing causes', () => {
  test('stay the same objects when everything still shows', () => {
    const seen = seenOf(
      [
        [result('a/one@recipient', 'fail', 'fail 1/x', 'warn 1/y'), watchedFinding('eye: fail 2/a')],
        ...['v=1', 'v=2', 'v=3'].map((v) => [result(`a/many#${v}@recipient`, 'fail', 'fail 1/x')] as const),
        [result('c/three@originator', 'inconclusive')],
      ],
      { whole: true },
    )
    const { causes } = update(OLD, seen)
    expect(causes).toHaveLength(3)
    for (const [at, one] of causes.entries()) expect(one).toBe(OLD.causes[at])
  })

  test('lose claims that no longer show, and are removed when no claim is left', () => {
    const seen = seenOf([
      [result('a/one@recipient', 'fail', 'fail 1/x')],
      [result('a/many#v=2@recipient', 'pass')],
      [result('c/three@originator', 'pass', 'pass 1/z')],
    ])
    expect(claims(update(OLD, seen))).toEqual([
      {
        id: 'closes',
        cases: [
          { case: 'a/one@recipient', fail: ['1/x'] },
          { case: ['a/many#v=1@recipient', 'a/many#v=3'], fail: ['1/x'] },
        ],
      },
      { id: 'blind', monitors: [{ monitor: 'eye', fail: ['2/a'] }] },
    ])
  })

  test('keep claims about cases that were skipped or not played', () => {
    expect(update(OLD, seenOf([]))).toEqual(OLD)
    expect(update(OLD, seenOf([[result('a/one@recipient', 'skip')]]))).toEqual(OLD)
  })

  test('keep claims about the other role when only one role is played', () => {
    const old = baselineOf(cause('both', [{ case: ['a/one', 'a/many#v=1'], fail: ['1/x'] }]))
    const seen = seenOf([
      [result('a/one@recipient', 'pass')],
      [result('a/many#v=1@recipient', 'fail', 'fail 1/x')],
    ])
    expect(claims(update(old, seen))).toEqual([
      { id: 'both', cases: [{ case: ['a/one@originator', 'a/many#v=1'], fail: ['1/x'] }] },
    ])
  })

  test('lose claims about cases that do not exist, and about a role that the implementation does not take', () => {
    const old = baselineOf(
      cause('gone', [{ case: 'q/gone', fail: ['1/x'] }]),
      cause('other', [{ case: 'c/three@originator', fail: ['1/x'] }]),
    )
    expect(claims(update(old, seenOf([], { roles: ['recipient'] })))).toEqual([])
  })

  test('keep claims about monitors that only a complete run can refute', () => {
    const kept = seenOf([[result('b/two@recipient', 'pass'), watchedFinding('eye: pass 2/a')]])
    expect(claims(update(OLD, kept)).map(({ id }) => id)).toContain('blind')
    expect(claims(update(OLD, { ...kept, whole: true })).map(({ id }) => id)).not.toContain('blind')
  })

  test('claim requirements by name when one that the glob names has another verdict', () => {
    const old = baselineOf(
      cause('wide', [{ case: 'b/two', fail: ['1/*'] }], [{ monitor: ['eye', 'ear'], fail: ['2/*'] }]),
    )
    const seen = seenOf([
      [
        result('b/two@recipient', 'fail', 'fail 1/x', 'warn 1/y'),
        watchedFinding('eye: warn 2/a', { seen: 'noise' }),
        watchedFinding('ear: fail 2/b'),
      ],
    ])
    const [wide, ...fresh] = update(old, seen).causes
    expect(wide).toMatchObject({
      cases: [{ case: 'b/two', fail: ['1/x'] }],
      // No played case had occasion for 2/c of the monitor ear.
      monitors: [
        { monitor: 'eye', fail: ['2/b'] },
        { monitor: 'ear', fail: ['2/b', '2/c'] },
      ],
    })
    expect(fresh).toMatchObject([
      { id: 'y', cases: [{ case: 'b/two', warn: ['1/y'] }] },
      { id: 'a', monitors: [{ monitor: 'eye', warn: ['2/a'] }] },
    ])
  })
})

describe('a finding that no cause claims', () => {
  const noise = (text: string) => finding(text, { seen: 'noise' })
  const silence = (text: string) => finding(text, { seen: 'silence' })

  test('becomes part of one new cause for each group, with compact globs and without a name', () => {
    const seen = seenOf([
      ...['v=1', 'v=2', 'v=3'].map(
        (v) => [result(`a/many#${v}@recipient`, 'fail', silence('fail 1/x'), silence('warn 1/y'))] as const,
      ),
      [result('b/two@recipient', 'fail', noise('fail 1/z'))],
      [{ ...result('c/three@originator', 'inconclusive'), reason: 'no call after 5 s' }],
    ])
    const next = update(undefined, seen)
    expect(next).toMatchObject({ format: 2, implementation: 'some' })
    expect(claims(next)).toEqual([
      { id: 'x', cases: [{ case: 'a/many#*@recipient', fail: ['1/x'], warn: ['1/y'] }] },
      { id: 'z', cases: [{ case: 'b/two', fail: ['1/z'] }] },
      { id: 'inconclusive-c-three', cases: [{ case: 'c/three', inconclusive: true }] },
    ])
    expect(next.causes[0]).toMatchObject({
      title: 'UNNAMED: 1/x: expected e, seen silence',
      owner: 'unknown',
      effect: expect.stringMatching(/^UNEXPLAINED/),
      reason: expect.stringMatching(/^UNEXPLAINED.*a\/many#v=1@recipient$/),
    })
    expect(unexplainedIn(next)).toBe(3)
  })

  test('is added beside the existing causes, under an unused id', () => {
    const old = baselineOf(cause('x', [{ case: 'b/two', fail: ['1/x'] }]))
    const next = update(old, seenOf([[result('a/one@originator', 'fail', 'fail 1/x')]]))
    expect(claims(next)).toEqual([
      { id: 'x', cases: [{ case: 'b/two', fail: ['1/x'] }] },
      { id: '1-x', cases: [{ case: 'a/one@originator', fail: ['1/x'] }] },
    ])
  })

  test('counts with its gravest verdict, for a monitor over all cases', () => {
    const seen = seenOf([
      [
        result('a/one@recipient', 'warn', noise('warn 1/x'), noise('fail 1/x')),
        watchedFinding('eye: warn 2/b'),
      ],
      [result('b/two@recipient', 'pass'), watchedFinding('eye: fail 2/b'), watchedFinding('ear: pass 2/b')],
    ])
    expect(claims(update(undefined, seen))).toEqual([
      { id: 'b', monitors: [{ monitor: 'eye', fail: ['2/b'] }] },
      { id: 'x', cases: [{ case: 'a/one@recipient', fail: ['1/x'] }] },
    ])
  })

  test('is not made from a case that ended in an error', () => {
    expect(update(undefined, seenOf([[result('b/two@recipient', 'error')]])).causes).toEqual([])
  })

  test('gets a title that can be read again, whatever was seen', () => {
    const seen = '\\\u0000'.repeat(200)
    const next = update(
      undefined,
      seenOf([[result('b/two@recipient', 'fail', finding('fail 1/x', { seen }))]]),
    )
    expect(reread(next)).toEqual(next)
  })
})

const directory = mkdtempSync(join(tmpdir(), 'pptpspec-update-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A baseline as the next run reads it. */
function reread(baseline: Baseline): Baseline | undefined {
  const file = join(directory, 'b.yaml')
  writeFileSync(file, formatBaseline(baseline))
  return readBaseline(file, VOCABULARY)
}

describe('whatever was seen', () => {
  const broken = fc.constantFrom('fail', 'warn', 'pass')
  const findings = fc.array(
    fc
      .tuple(broken, fc.constantFrom('1/x', '1/y', '1/z'), fc.constantFrom('silence', 'noise'))
      .map(([verdict, requirement, seen]) => finding(`${verdict} ${requirement}`, { seen })),
    { maxLength: 3 },
  )
  const watched = fc
    .subarray(VOCABULARY.monitors.flatMap(({ id, decides }) => decides.map((one) => [id, one] as const)))
    .chain((some) =>
      fc.tuple(
        ...some.map(([id, requirement]) =>
          broken.map((one) => watchedFinding(`${id}: ${one} ${requirement}`)),
        ),
      ),
    )
  const verdict = fc.constantFrom('played', 'played', 'played', 'inconclusive', 'skip')
  const played = (id: string) =>
    fc.tuple(verdict, findings, watched).map(([one, found, seen]): [ScenarioResult, ...WatchedFinding[]] => {
      if (one !== 'played') return [result(id, one as 'skip')]
      const worst = ['fail', 'warn'].find((v) => found.some((each) => each.verdict === v)) ?? 'pass'
      return [result(id, worst as 'fail', ...found), ...seen]
    })
  const seen = fc
    .subarray([...VOCABULARY.cases])
    .chain((cases) => fc.tuple(...cases.map(played)))
    .map((some) => seenOf(some, { whole: some.length === VOCABULARY.cases.length }))

  const requirements = fc.constantFrom<string[][]>(['1/x'], ['1/y', '1/z'], ['1/*'])
  const caseGlobs = fc.constantFrom(
    'a/one',
    'a/many#*',
    'a/many#v=1@recipient',
    'a/*@originator',
    'b/two',
    'c/*',
  )
  const caseClaim: fc.Arbitrary<CaseClaim> = fc.oneof(
    fc.record({ case: caseGlobs, fail: requirements }),
    fc.record({ case: caseGlobs, warn: requirements }),
    fc.record({ case: caseGlobs, inconclusive: fc.constant(true as const) }),
  )
  const monitorClaim = fc.constantFrom<MonitorClaim[]>(
    { monitor: 'eye', warn: ['2/a'] },
    { monitor: 'e*', fail: ['2/b'] },
    { monitor: ['eye', 'ear'], fail: ['2/*'] },
  )
  const old = fc
    .array(fc.tuple(fc.array(caseClaim, { maxLength: 2 }), fc.array(monitorClaim, { maxLength: 1 })), {
      maxLength: 3,
    })
    .map((some) =>
      baselineOf(...some.map(([cases, monitors], at): BaselineCause => cause(`c${at}`, cases, monitors))),
    )
    .filter((baseline) => {
      try {
        return reread(baseline) !== undefined
      } catch (error) {
        if (error instanceof UsageError) return false
        throw error
      }
    })

  test('the updated baseline can be read, and expects all results', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(old, seen, (before, found) => {
        const next = update(before, found)
        expect(reread(next)).toEqual(next)
        const expectations = expectationsOf(next)
        for (const { result: one } of found.results)
          expect(compareResult(one, expectations), one.scenario).toMatchObject({ kind: 'as-expected' })
        for (const sum of found.sums)
          expect(compareSum(sum, expectations)).toMatchObject({ kind: 'as-expected' })
      }),
    )
  })

  test('the same results again change nothing', () => {
    fc.assert(
      fc.property(old, seen, (before, found) => {
        const next = update(before, found)
        expect(update(next, found)).toEqual(next)
      }),
    )
  })

  test('claims about cases that were not played stay', () => {
    fc.assert(
      fc.property(old, seen, (before, found) => {
        const said = (baseline: Baseline, id: string) =>
          expectationsOf(baseline)
            .ofCase(id)
            .map(({ cause: by, verdict: of, what }) => `${by}: ${of} ${what}`)
            .sort()
        const next = update(before, found)
        const finished = new Set(
          found.results
            .filter(({ result: one }) => one.verdict !== 'skip')
            .map(({ result: one }) => one.scenario),
        )
        for (const id of VOCABULARY.cases)
          if (!finished.has(id)) expect(said(next, id)).toEqual(said(before, id))
      }),
    )
  })
})
