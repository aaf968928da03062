import {
  adding,
  decodeMppeOption,
  decodeOptions,
  describeEncryption,
  type Evidence,
  evidence,
  is,
  mppeBits,
  PacketCode,
  PppProtocolNumber,
  scenario,
  shownBy,
} from '../kit.ts'
import { packetsOf, placeSession, type SeenPacket } from '../steps/sessions.ts'

const STRENGTH_BITS = mppeBits([40, 56, 128], false)

export default scenario(
  {
    id: 'session/strongest',
    purpose: 'An implementation that is offered several key sizes chooses the largest.',
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
    const bits = bitsIn(packetsOf(wire, CONFIGURE_NAK)[0])
    const agreed = bits.value === undefined ? `; agreed on: ${describeEncryption(opened)}` : ''
    t.check('rfc3078-2.1/strongest', shownBy(adding(bits, agreed), opened.entry), STRONGEST)
  },
)

const CONFIGURE_NAK = { protocol: PppProtocolNumber.ccp, code: PacketCode.configureNak }

/** Returns the Supported Bits that a Configure-Nak asks for. */
function bitsIn(nak: SeenPacket | undefined): Evidence<number | undefined> {
  const [bits] = (nak && decodeOptions(nak.packet.data)?.flatMap((one) => decodeMppeOption(one) ?? [])) ?? []
  if (bits === undefined) return evidence(undefined, 'no Supported Bits in a Configure-Nak', nak?.entry)
  const hex = bits.toString(16).padStart(8, '0')
  return evidence(bits, `Supported Bits 0x${hex} in a Configure-Nak`, nak?.entry)
}

const STRONGEST = is<number | undefined>(
  'Supported Bits with S (0x40), and neither L (0x20) nor M (0x80), in a Configure-Nak to a request with all three',
  (bits) => bits !== undefined && (bits & STRENGTH_BITS) === mppeBits([128], false),
)
