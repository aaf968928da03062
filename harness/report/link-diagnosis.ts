import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import { decodePacket, PacketCode } from '../ppp/packet.ts'
import { readUint16 } from '../protocol/octets.ts'
import { oppositeSide } from '../trace/messages.ts'
import type { Side } from '../trace/trace.ts'
import type { SideAddresses } from './capture-notes.ts'
import type { DiagnosisSubject, Statement } from './diagnosis-subject.ts'

/** Configure-Requests without an answer that are told, and the ms that they have to span. */
const REQUESTS = 3
const SPAN = 5_000
/** The most statements that are kept of one conversation. */
const MOST = 100

/** The codes with which an authenticator refuses, by protocol, and their names. */
const REFUSALS: Readonly<Record<number, { readonly code: number; readonly name: string }>> = {
  [PppProtocolNumber.chap]: { code: 4, name: 'CHAP Failure' },
  [PppProtocolNumber.pap]: { code: 3, name: 'PAP Authenticate-Nak' },
}
const CONFIGURED = [PppProtocolNumber.lcp, PppProtocolNumber.ccp] as const
const NAMES: Readonly<Record<number, string>> = {
  [PppProtocolNumber.lcp]: 'LCP',
  [PppProtocolNumber.ccp]: 'CCP',
}

/** The Configure-Requests of one end in one protocol since the latest answer. */
interface Asking {
  count: number
  frame: number
  from: number
  to: number
  answered: boolean
}

/** Diagnoses PPP in the tunnel: answers to LCP and CCP, authentication, and who ended the link. */
export function watchLink(addresses: SideAddresses): DiagnosisSubject {
  const found: Statement[] = []
  const asking = new Map<string, Asking>()
  const cut = { tester: false, iut: false }
  const say = (frame: number, text: string) => {
    if (found.length < MOST) found.push({ frame, text })
  }

  function takeConfiguring(from: Side, protocol: number, code: number, frame: number, at: number): void {
    if (code === PacketCode.configureRequest) {
      const key = `${from} ${protocol}`
      const known = asking.get(key)
      if (known === undefined) asking.set(key, { count: 1, frame, from: at, to: at, answered: false })
      else {
        known.count++
        known.to = at
      }
    } else {
      // Whatever else the other end says in this protocol, it hears and answers.
      const asked = asking.get(`${oppositeSide(from)} ${protocol}`)
      if (asked !== undefined) asked.answered = true
    }
  }

  function takePacket(from: Side, payload: Uint8Array, frame: number, at: number): void {
    const ppp = decodeFrame(payload)
    const packet = ppp === undefined ? undefined : decodePacket(ppp.information)
    if (ppp === undefined || packet === undefined) return
    const { protocol } = ppp
    const refusal = REFUSALS[protocol]
    if (refusal?.code === packet.code)
      say(frame, `${addresses[from]} refused the authentication (${refusal.name})`)
    if (CONFIGURED.some((one) => one === protocol)) takeConfiguring(from, protocol, packet.code, frame, at)
    if (protocol !== PppProtocolNumber.lcp) return
    if (packet.code === PacketCode.terminateRequest)
      say(frame, `${addresses[from]} ended the link (LCP Terminate-Request)`)
    if (packet.code === PacketCode.protocolReject && packet.data.length >= 2) {
      if (readUint16(packet.data, 0) !== PppProtocolNumber.ccp) return
      say(frame, `${addresses[from]} rejected CCP: packets to it are not compressed or encrypted`)
      takeConfiguring(from, PppProtocolNumber.ccp, packet.code, frame, at)
    }
  }

  return {
    take({ entry, parts, frame }) {
      for (const part of parts) {
        if (part.kind !== 'gre' || part.packet.kind !== 'gre') continue
        if (entry.kind === 'gre' && entry.cut !== undefined) cut[part.from] = true
        const { payload } = part.packet
        if (isOfInterest(payload)) takePacket(part.from, payload, frame, entry.at)
      }
    },
    statements: () => [
      ...found,
      ...[...asking].flatMap(([key, { count, frame, from, to, answered }]) => {
        const [side, protocol] = key.split(' ') as [Side, string]
        // A snapped answer may be there, but cannot be read.
        if (answered || cut[oppositeSide(side)] || count < REQUESTS || to - from < SPAN) return []
        const name = NAMES[Number(protocol)]
        const text = `${count} ${name} Configure-Requests of ${addresses[side]} have no answer in the capture`
        return [{ frame, text }]
      }),
    ],
  }
}

/** A cheap look: most packets are data, whose protocol numbers are below 0x8000 or one octet. */
function isOfInterest(payload: Uint8Array): boolean {
  const at = payload[0] === 0xff && payload[1] === 0x03 ? 2 : 0
  return payload.length >= at + 6 && (payload[at] ?? 0) >= 0x80
}
