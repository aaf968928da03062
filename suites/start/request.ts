import { printable, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'start/request',
    purpose: 'Start-Control-Connection-Request of a PNS has values that the RFC allows.',
    decides: [
      '2.1/framing-capabilities',
      '2.1/bearer-capabilities',
      '2.1/maximum-channels-sent',
      '2.1/host-name-filled',
      '2.1/vendor-name-filled',
      '2.1/reserved1',
    ],
    provenBy: [
      'start-request-undefined-framing-bits',
      'start-request-undefined-bearer-bits',
      'start-request-channels-as-pns',
      'start-request-garbage-after-hostname',
      'start-request-reserved-nonzero',
    ],
    iut: 'originator',
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.connection()
    const request = await control.await('Start-Control-Connection-Request')
    t.field('2.1/framing-capabilities', request, 'framingCapabilities', [0, 1, 2, 3])
    t.field('2.1/bearer-capabilities', request, 'bearerCapabilities', [0, 1, 2, 3])
    t.field('2.1/maximum-channels-sent', request, 'maximumChannels', 0)
    t.field('2.1/reserved1', request, 'reserved1', 0)
    for (const [requirement, text] of [
      ['2.1/host-name-filled', request.message.hostName],
      ['2.1/vendor-name-filled', request.message.vendorName],
    ] as const)
      t.decide(requirement, {
        ok: !text.includes('\0'),
        expected: 'nothing but zeros after the name',
        seen: `"${printable(text)}"`,
        entry: request.entry,
      })
  },
)
