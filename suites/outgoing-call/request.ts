import { atLeast, atMost, fieldOf, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/request',
    purpose:
      'After a start reply without authentication the originator asks for a call, and its Outgoing-Call-Request has values that the RFC allows.',
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
    const { maximumBps, phoneNumber } = request.message
    t.field('2.7/bearer-type-sent', request, 'bearerType', [1, 2, 3])
    t.field('2.7/framing-type-sent', request, 'framingType', [1, 2, 3])
    t.field('2.7/reserved1', request, 'reserved1', 0)
    t.field('2.7/phone-number-length-sent', request, 'phoneNumberLength', phoneNumber.length)
    const inOrder = atMost(maximumBps, `Minimum BPS not above Maximum BPS, ${maximumBps}`)
    t.check('2.7/speed-range-sent', fieldOf(request, 'minimumBps'), inOrder)
    const window = fieldOf(request, 'packetRecvWindowSize')
    t.check('2.7/window-sent', window, atLeast(1, 'Packet Recv. Window Size of at least 1'))
  },
)
