import { describe, expect, it } from 'vitest'
import { Decided, Inconclusive } from '../scenario/judge.ts'
import { addNote, beginRecord, type CaseParts, findingOf, outcomeOf, playParts } from './case-play.ts'
import { fakeWatcher, type WatcherCalls } from './testing/fakes.ts'

function partsOf(told: WatcherCalls, some: Partial<CaseParts<number>> = {}): CaseParts<number> {
  const step = (name: string) => async () => void told.push(name)
  return {
    watchers: [fakeWatcher('inner', told), fakeWatcher('outer', told, { missed: 3 })],
    prepare: step('prepare'),
    play: step('play'),
    end: step('end'),
    withoutFrames: 'nothing is compared',
    read: (hops) => hops.length,
    ...some,
  }
}

const failing = (error: Error) => () => Promise.reject(error)

describe('a case', () => {
  it('is prepared, captured from then on, played, ended, and read from the captures', async () => {
    const told: WatcherCalls = []
    const record = beginRecord()
    const { hops, reading, failure } = await playParts(partsOf(told), record)
    expect(told).toEqual([
      'prepare',
      'mark inner',
      'mark outer',
      'reset inner',
      'reset outer',
      'play',
      'end',
      'mark inner',
      'mark outer',
      'missed inner',
      'missed outer',
    ])
    expect(hops.map(({ hop, missed }) => [hop, missed])).toEqual([
      ['inner', 0],
      ['outer', 3],
    ])
    expect({ reading, failure }).toEqual({ reading: 2, failure: undefined })
    expect(record.notes).toEqual([
      expect.stringMatching(
        /^\d\.\d{3} harness: 3 frames are missing in the capture at outer: nothing is compared$/,
      ),
    ])
  })

  it.each<[string, Partial<CaseParts<number>>, unknown]>([
    [
      'the play before the end',
      { play: failing(new Inconclusive('no link')), end: failing(new Error('no end')) },
      { verdict: 'inconclusive', reason: 'no link' },
    ],
    ['the end', { end: failing(new Error('no end')) }, { verdict: 'error', reason: 'no end' }],
    ['nothing where it has decided', { play: failing(new Decided()) }, undefined],
  ])('fails with %s, and is ended and looked at all the same', async (_, some, failure) => {
    const told: WatcherCalls = []
    const played = await playParts(partsOf(told, some), beginRecord())
    expect(played.failure).toEqual(failure)
    expect(played.hops).toHaveLength(2)
  })

  it('has no hops when the captures cannot be read', async () => {
    const read = () => {
      throw new Error('cannot be read')
    }
    const played = await playParts(partsOf([], { read }), beginRecord())
    expect(played).toEqual({
      hops: [],
      reading: undefined,
      failure: { verdict: 'error', reason: 'cannot be read' },
    })
  })
})

it('makes an outcome, and leaves out the fields without a value', () => {
  const record = beginRecord()
  addNote(record, 'something')
  record.findings.push(findingOf('x/y', { ok: false, expected: 'a', seen: 'b', entry: 7 }, 'warn'))
  const judged = { verdict: 'warn', reason: undefined } as const
  const outcome = outcomeOf({ id: 'x', purpose: 'X.' }, record, judged, undefined, {
    watched: [],
    hops: [],
    log: record.notes,
  })
  expect(outcome).toEqual({
    result: {
      scenario: 'x',
      purpose: 'X.',
      verdict: 'warn',
      findings: [{ requirement: 'x/y', verdict: 'warn', expected: 'a', seen: 'b', entry: 7 }],
      duration: expect.any(Number),
    },
    watched: [],
    hops: [],
    trace: { startedAt: record.began, entries: [] },
    frames: [],
    log: [expect.stringMatching(/ harness: something$/)],
  })
})
