import {
  decodeMppeOption,
  decodeOptions,
  describeEncryption,
  mppeBits,
  PacketCode,
  PppProtocolNumber,
  scenario,
} from '../kit.ts'
import { placeSession } from '../steps/sessions.ts'

const STRENGTH_BITS = mppeBits([40, 56, 128], false)

export default scenario(
  {
    id: 'session/strongest',
    purpose: 'Of the key sizes that we would take, the largest is chosen.',
    decides: ['rfc3078-2.1/strongest'],
    provenBy: ['mppe-weakest'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, {
      encryption: { strengths: [128, 56, 40], stateless: 'preferred', required: true },
    })
    const opened = await session.open()
    const [nak] = wire
      .packets(PppProtocolNumber.ccp)
      .filter(({ packet }) => packet.code === PacketCode.configureNak)
    const [bits] = decodeOptions(nak?.packet.data ?? new Uint8Array(0))?.flatMap(
      (option) => decodeMppeOption(option) ?? [],
    ) ?? [undefined]
    t.decide('rfc3078-2.1/strongest', {
      ok: bits !== undefined && (bits & STRENGTH_BITS) === mppeBits([128], false),
      expected: 'a Configure-Nak with bit S, and neither L nor M, for a request with all three',
      seen:
        bits === undefined
          ? `none; agreed on: ${describeEncryption(opened)}`
          : `Supported Bits 0x${bits.toString(16).padStart(8, '0')}`,
      entry: nak?.entry ?? opened.entry,
    })
  },
)
