import type { LinkAction } from '../../ppp/link.ts'
import { createPppPeer, type PppPeer } from '../../ppp/peer.ts'
import { seededOctets } from '../../ppp/random.ts'
import { REFERENCE_ACCOUNTS } from '../ppp-profiles.ts'
import type { Bench } from './bench.ts'

/** A caller's PPP peer on a bench. It acknowledges with every packet, and its timers never fire. */
export interface PppCaller {
  readonly peer: PppPeer
  /** Exchanges packets until neither side sends any more. */
  settle(): void
  act(actions: readonly LinkAction[]): void
}

/**
 * Makes a caller and opens its PPP.
 * @param own the Call ID that the machine assigned.
 */
export function createPppCaller(bench: Bench, own: number): PppCaller {
  const { name, secret } = REFERENCE_ACCOUNTS
  const peer = createPppPeer({
    random: seededOctets(own),
    prove: { account: { name, secret }, methods: ['ms-chap-v2'] },
    encryption: { strengths: [128], stateless: 'required', required: true },
    network: { role: 'client' },
  })
  let sequenceNumber = 0
  let highest: number | undefined

  function act(actions: readonly LinkAction[]): void {
    for (const action of actions)
      if (action.kind === 'send')
        bench.gre({
          callId: own,
          sequenceNumber: sequenceNumber++,
          payload: action.frame,
          ...(highest === undefined ? {} : { acknowledgmentNumber: highest }),
        })
  }

  act(peer.open())
  return {
    peer,
    act,
    settle() {
      for (let packets = bench.packets(); packets.length > 0; packets = bench.packets())
        for (const packet of packets)
          if (packet.kind === 'gre' && packet.sequenceNumber !== undefined) {
            highest = packet.sequenceNumber
            act(peer.receive(packet.payload))
          }
    },
  }
}
