import type { Network } from '../../network/network.ts'
import type { Unfinished } from '../../scenario/judge.ts'
import { gravest, type Verdict } from '../../scenario/verdict.ts'
import {
  addNote,
  beginRecord,
  type CaseRecord,
  findingOf,
  type InteropOutcome,
  outcomeOf,
  playParts,
} from '../case-play.ts'
import { type HopConversation, type HopFacts, mainConversation } from '../hop-facts.ts'
import type { MiddleboxBed } from './bed.ts'
import type { MiddleboxCase } from './case.ts'
import { judgeLegs, type LegFinding } from './legs.ts'
import { whenBroken } from './requirements.ts'
import { createMiddleboxTester } from './tester.ts'

/**
 * Plays one case on a bed. Never throws: an error becomes a verdict. Both sides are the tester's,
 * so the middlebox is responsible for every loss and change.
 */
export async function playMiddlebox(one: MiddleboxCase, bed: MiddleboxBed): Promise<InteropOutcome> {
  const record = beginRecord()
  const opened: Network[] = []
  const open = (half: MiddleboxBed['server']): Network => {
    const network = half.relay.openNetwork()
    opened.push(network)
    return network
  }
  const { hops, failure } = await playParts(
    {
      watchers: bed.watchers,
      prepare: () => bed.take(one.path),
      play: () =>
        one.play(
          createMiddleboxTester(
            one.path,
            bed,
            { clients: bed.clients.map(open), server: open(bed.server) },
            record,
          ),
        ),
      end: () => Promise.all(opened.map((network) => network.close())),
      withoutFrames: 'the legs are not compared',
      read: (found) => noteUnreachable(found, record),
    },
    record,
  )
  const shown = hops.every(({ missed }) => missed === 0) ? legsOf(hops) : []
  const near = nearOf(shown, hops)
  for (const { requirement, conversation, entry, ...rest } of shown)
    if (one.decides.includes(requirement)) {
      const judgement = { ...rest, entry: conversation === near ? entry : undefined }
      record.findings.push(findingOf(requirement, judgement, whenBroken(requirement)))
    }
  const judged = verdictOf(record, failure, bed.death())
  return outcomeOf(one, record, judged, near, { watched: [], hops, log: record.notes })
}

function noteUnreachable(hops: readonly HopFacts[], record: CaseRecord): void {
  for (const { hop, unreachable } of hops)
    for (const { frame, source, code } of unreachable)
      addNote(
        record,
        `ICMP destination unreachable, code ${code}, from ${source} (frame ${frame} at hop ${hop})`,
      )
}

function legsOf([inner, outer]: readonly HopFacts[]): readonly LegFinding[] {
  if (inner === undefined || outer === undefined) return []
  const leg = ({ hop, conversations }: HopFacts) => ({ name: hop, conversations })
  return judgeLegs(leg(inner), leg(outer))
}

/** The conversation that findings refer to. */
function nearOf(shown: readonly LegFinding[], hops: readonly HopFacts[]): HopConversation | undefined {
  return (
    shown.find(({ ok, conversation }) => !ok && conversation !== undefined)?.conversation ??
    (hops[0] && mainConversation(hops[0]))
  )
}

function verdictOf(
  { findings }: CaseRecord,
  failure: Unfinished | undefined,
  dead: string | undefined,
): { readonly verdict: Verdict; readonly reason: string | undefined } {
  const found = gravest(findings.map(({ verdict }) => verdict))
  const verdict =
    found === 'fail' ? 'fail' : dead === undefined ? (failure?.verdict ?? found ?? 'error') : 'inconclusive'
  const reason = dead ?? failure?.reason ?? (findings.length === 0 ? 'the case decided nothing' : undefined)
  return { verdict, reason }
}
