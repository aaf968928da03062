import type { GrePacket } from '../protocol/gre.ts'
import { oppositeSide, type TracePart } from '../trace/messages.ts'
import type { CaptureStep, SideAddresses } from './capture-notes.ts'
import type { DiagnosisSubject, Statement } from './diagnosis-subject.ts'
import { watchLink } from './link-diagnosis.ts'

/** Diagnoses one conversation while it is read. */
export interface ConversationDiagnosis {
  take(step: CaptureStep): void
  /** Returns the statements at the end of the conversation, in the order of time. */
  statements(): readonly string[]
}

/** The most statements of one subject: a capture may have thousands of connections. */
const MOST = 6

/**
 * Begins a diagnosis of a conversation between two addresses: what somebody asks who looks for the
 * cause of trouble. Each statement is about what the capture shows, and names the frame.
 */
export function createConversationDiagnosis(addresses: SideAddresses): ConversationDiagnosis {
  const subjects = [
    watchOpening(addresses),
    watchRefusals(addresses),
    watchTunnel(addresses),
    watchLargePackets(addresses),
    watchLink(addresses),
    watchEnd(addresses),
  ]
  let last = 0
  return {
    take(step) {
      last = step.entry.at
      for (const subject of subjects) subject.take(step)
    },
    statements: () =>
      subjects
        .flatMap((subject) => {
          const all = subject.statements(last)
          if (all.length <= MOST) return all
          const more = { frame: all[MOST]?.frame ?? 0, text: `and ${all.length - MOST} more of this kind` }
          return [...all.slice(0, MOST), more]
        })
        .sort((one, other) => one.frame - other.frame)
        .map(({ frame, text }) => `frame ${frame}: ${text}`),
  }
}

type Control = TracePart & { readonly kind: 'control' }

function controlIn(parts: readonly TracePart[]): readonly Control[] {
  return parts.filter((part): part is Control => part.kind === 'control')
}

/** Seconds between two times, in words. */
function seconds(from: number, to: number): string {
  return `${((to - from) / 1000).toFixed(1)} s`
}

/** Who opened each TCP connection. */
function watchOpening(addresses: SideAddresses): DiagnosisSubject {
  const found: Statement[] = []
  return {
    take({ entry, frame }) {
      if (entry.kind === 'tcp-open')
        found.push({ frame, text: `${addresses[entry.opener]} opened the control connection` })
    },
    statements: () => found,
  }
}

/** The requests that their receiver refused, by Result Code. */
function watchRefusals(addresses: SideAddresses): DiagnosisSubject {
  const found: Statement[] = []
  const REFUSED: Readonly<Record<string, string>> = {
    'Start-Control-Connection-Reply': 'refused the control connection',
    'Outgoing-Call-Reply': 'refused the outgoing call',
    'Incoming-Call-Reply': 'refused the incoming call',
  }
  return {
    take({ parts, frame }) {
      for (const { message, from } of controlIn(parts)) {
        const what = REFUSED[message.name]
        if (what === undefined || !('resultCode' in message) || message.resultCode === 1) continue
        const error =
          'errorCode' in message && message.errorCode !== 0 ? `, Error Code ${message.errorCode}` : ''
        found.push({ frame, text: `${addresses[from]} ${what}: Result Code ${message.resultCode}${error}` })
      }
    },
    statements: () => found,
  }
}

/** How each TCP connection ended, and what was said before. */
function watchEnd(addresses: SideAddresses): DiagnosisSubject {
  const found: Statement[] = []
  const over = new Set<number>()
  const stopped = new Map<number, Statement>()
  const opened = new Map<number, number>()
  return {
    take({ entry, parts, frame }) {
      for (const { message, connection, from } of controlIn(parts)) {
        if (message.name === 'Stop-Control-Connection-Request' && !stopped.has(connection))
          stopped.set(connection, { frame, text: `${addresses[from]} asked to stop in frame ${frame}` })
        if (message.name === 'Call-Disconnect-Notify')
          found.push({ frame, text: `${addresses[from]} ended a call: Result Code ${message.resultCode}` })
      }
      if (entry.kind === 'tcp-open') opened.set(entry.connection, entry.at)
      if ((entry.kind !== 'tcp-end' && entry.kind !== 'tcp-reset') || over.has(entry.connection)) return
      over.add(entry.connection)
      const stop = stopped.get(entry.connection)?.text ?? 'nobody asked to stop before'
      const begun = opened.get(entry.connection)
      const after = begun === undefined ? '' : ` after ${seconds(begun, entry.at)}`
      const how =
        entry.kind === 'tcp-end'
          ? `${addresses[entry.from]} closed the control connection with FIN`
          : `the control connection was reset by a RST with the address of ${addresses[entry.from]}`
      found.push({ frame, text: `${how}${after}; ${stop}` })
    },
    statements: () => found,
  }
}

/** A call that an end accepted, and the GRE of each side. */
function watchTunnel(addresses: SideAddresses): DiagnosisSubject {
  const counts = { tester: 0, iut: 0 }
  let accepted: { readonly frame: number; readonly at: number } | undefined
  let ended = false
  return {
    take({ entry, parts, frame }) {
      if (entry.kind === 'tcp-end' || entry.kind === 'tcp-reset') ended = true
      for (const part of parts) {
        if (part.kind === 'gre') counts[part.from]++
        else if (part.kind === 'control' && part.message.name === 'Outgoing-Call-Reply') {
          if (part.message.resultCode === 1 && accepted === undefined) accepted = { frame, at: entry.at }
        }
      }
    },
    statements(last) {
      // A moment is no proof: the first packets may come after the capture.
      if (accepted === undefined || (last - accepted.at < PATIENCE && !ended)) return []
      const { frame } = accepted
      if (counts.tester === 0 && counts.iut === 0)
        return [{ frame, text: 'the call was accepted, and no GRE packet of either end is in the capture' }]
      const silent = (['tester', 'iut'] as const).find((side) => counts[side] === 0)
      if (silent === undefined || counts[oppositeSide(silent)] < FEW) return []
      const many = counts[oppositeSide(silent)]
      return [
        {
          frame,
          text: `the call was accepted; ${many} GRE packets of ${addresses[oppositeSide(silent)]} and none of ${addresses[silent]} are in the capture: something drops them, or they pass elsewhere`,
        },
      ]
    },
  }
}

/** ms without GRE after an accepted call that are told. */
const PATIENCE = 5_000
/** GRE packets of one side, without any of the other, that are told. */
const FEW = 3

/** Octets of payload from which on a GRE packet counts as large, and up to which as small. */
const LARGE = 1_200
const SMALL = 600
/** Large packets without an acknowledgment, and small ones with one, that are told. */
const LOST = 3
const ARRIVED = 5
/** ms after a packet in which an acknowledgment would have come. */
const LONG = 2_000

/**
 * Whether large packets of an end are never acknowledged while small ones are. Acknowledgments are
 * cumulative, so a packet counts only where its sender sends no other one until it is acknowledged,
 * or for a long time.
 */
function watchLargePackets(addresses: SideAddresses): DiagnosisSubject {
  const sides = { tester: createSizes(), iut: createSizes() }
  return {
    take({ entry, parts, frame }) {
      for (const part of parts)
        if (part.kind === 'gre' && part.packet.kind === 'gre') {
          sides[part.from].sent(part.packet, frame, entry.at)
          sides[oppositeSide(part.from)].acknowledged(part.packet, entry.at)
        }
    },
    statements: () =>
      (['tester', 'iut'] as const).flatMap((side) => {
        const frame = sides[side].firstLost()
        const text = `packets of ${addresses[side]} of ${LARGE} octets or more are never acknowledged, small ones are: the path may drop large packets (MTU)`
        return frame === undefined ? [] : [{ frame, text }]
      }),
  }
}

/** Compares what becomes of large packets of one end with what becomes of small ones. */
function createSizes() {
  let latest:
    | { readonly sequence: number; readonly size: number; readonly frame: number; readonly at: number }
    | undefined
  let first: number | undefined
  let lost = 0
  let small = 0
  let passed = false
  /** Looks at the latest packet when something comes after it. */
  function look(at: number): void {
    if (latest === undefined || latest.size < LARGE || at - latest.at < LONG) return
    first ??= latest.frame
    lost++
    latest = undefined
  }
  return {
    sent({ sequenceNumber, payload }: GrePacket, frame: number, at: number): void {
      if (sequenceNumber === undefined) return
      look(at)
      latest = { sequence: sequenceNumber, size: payload.length, frame, at }
    },
    acknowledged({ acknowledgmentNumber }: GrePacket, at: number): void {
      if (latest === undefined) return
      if (acknowledgmentNumber !== latest.sequence) {
        look(at)
        return
      }
      if (latest.size >= LARGE) passed = true
      else if (latest.size <= SMALL) small++
      latest = undefined
    },
    firstLost: (): number | undefined => (lost >= LOST && small >= ARRIVED && !passed ? first : undefined),
  }
}
