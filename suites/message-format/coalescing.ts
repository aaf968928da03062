import { controlMessage, encodeControl, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/coalescing',
    purpose: 'Messages that share a TCP segment, or straddle segments, are each executed, in order.',
    decides: ['1.4/message-boundaries', '2.6/identifier'],
    provenBy: ['framer-one-message-per-read', 'echo-wrong-identifier'],
    iut: 'both',
    vary: { delivery: { 'one-segment': 'whole', straddling: 12 } },
  },
  async (t) => {
    const control = await t.establish()
    const identifiers = [t.unique(), t.unique(), t.unique()]
    const [first = 0, ...rest] = identifiers
    const behind = rest.map((identifier) => encodeControl(controlMessage('Echo-Request', { identifier })))
    control.send('Echo-Request', { identifier: first }, { append: joined(behind), delivery: t.vary.delivery })
    for (const identifier of identifiers) {
      const reply = await control.expect('1.4/message-boundaries', 'Echo-Reply')
      t.field('2.6/identifier', reply, 'identifier', identifier)
    }
  },
)

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
