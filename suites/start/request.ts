import { scenario } from '../kit.ts'
import { startAsked } from '../steps/originator.ts'
import { onlyZerosAfter, textIn } from '../steps/text.ts'

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
    const { request } = await startAsked(t)
    t.field('2.1/framing-capabilities', request, 'framingCapabilities', [0, 1, 2, 3])
    t.field('2.1/bearer-capabilities', request, 'bearerCapabilities', [0, 1, 2, 3])
    t.field('2.1/maximum-channels-sent', request, 'maximumChannels', 0)
    t.field('2.1/reserved1', request, 'reserved1', 0)
    t.check('2.1/host-name-filled', textIn(request, 'hostName'), onlyZerosAfter('name'))
    t.check('2.1/vendor-name-filled', textIn(request, 'vendorName'), onlyZerosAfter('name'))
  },
)
