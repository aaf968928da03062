import { scenario } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/request',
    purpose:
      'A start reply that proves nothing is enough for a call to be asked for, and Outgoing-Call-Request has values that the RFC allows.',
    decides: [
      '2.7/speed-range-sent',
      '2.7/bearer-type-sent',
      '2.7/framing-type-sent',
      '2.7/window-sent',
      '2.7/phone-number-length-sent',
      '2.7/reserved1',
      '5/control-unauthenticated',
    ],
    provenBy: [
      'call-request-undefined-bearer',
      'call-request-undefined-framing',
      'call-request-reserved-nonzero',
      'call-request-window-zero',
      'call-request-speeds-inverted',
      'call-request-phone-number-length-wrong',
    ],
    iut: 'originator',
  },
  async (t) => {
    const { control } = await t.accept({ setAside: [] })
    const request = await control.expect(
      '5/control-unauthenticated',
      'Outgoing-Call-Request',
      t.timers.request,
    )
    const { minimumBps, maximumBps, packetRecvWindowSize, phoneNumber } = request.message
    t.field('2.7/bearer-type-sent', request, 'bearerType', [1, 2, 3])
    t.field('2.7/framing-type-sent', request, 'framingType', [1, 2, 3])
    t.field('2.7/reserved1', request, 'reserved1', 0)
    t.field('2.7/phone-number-length-sent', request, 'phoneNumberLength', phoneNumber.length)
    t.decide('2.7/speed-range-sent', {
      ok: minimumBps <= maximumBps,
      expected: 'Minimum BPS not above Maximum BPS',
      seen: `${minimumBps} and ${maximumBps}`,
      entry: request.entry,
    })
    t.decide('2.7/window-sent', {
      ok: packetRecvWindowSize > 0,
      expected: 'Packet Recv. Window Size of at least 1',
      seen: String(packetRecvWindowSize),
      entry: request.entry,
    })
  },
)
