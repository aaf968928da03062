import { scenario, startReply } from '../kit.ts'
import { startAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'start/any-reply',
    purpose:
      'An originator accepts a start reply with any capabilities, channels, firmware and names, and asks for a call.',
    decides: [
      '2.2/capabilities-any',
      '2.2/maximum-channels-not-tracked',
      '2.2/firmware-revision-any',
      '2.2/names-any',
      '5/control-unauthenticated',
    ],
    provenBy: [
      'start-reply-capabilities-wanted',
      'start-reply-channels-tracked',
      'start-reply-firmware-wanted',
      'start-reply-full-names-refused',
      'start-reply-vendor-distrusted',
    ],
    iut: 'originator',
    vary: {
      reply: {
        'asynchronous-analog': {
          requirement: '2.2/capabilities-any',
          values: { framingCapabilities: 1, bearerCapabilities: 1 },
        },
        'synchronous-digital': {
          requirement: '2.2/capabilities-any',
          values: { framingCapabilities: 2, bearerCapabilities: 2 },
        },
        'no-channels': { requirement: '2.2/maximum-channels-not-tracked', values: { maximumChannels: 0 } },
        'all-channels': {
          requirement: '2.2/maximum-channels-not-tracked',
          values: { maximumChannels: 0xffff },
        },
        'firmware-0': { requirement: '2.2/firmware-revision-any', values: { firmwareRevision: 0 } },
        'firmware-0xFFFF': { requirement: '2.2/firmware-revision-any', values: { firmwareRevision: 0xffff } },
        'no-names': { requirement: '2.2/names-any', values: { hostName: '', vendorName: '' } },
        'full-names': {
          requirement: '2.2/names-any',
          values: { hostName: 'h'.repeat(64), vendorName: 'v'.repeat(64) },
        },
      },
    },
  },
  async (t) => {
    const { requirement, values } = t.vary.reply
    const { control } = await startAsked(t)
    control.send('Start-Control-Connection-Reply', startReply(values))
    await control.expect(
      [requirement, '5/control-unauthenticated'],
      'Outgoing-Call-Request',
      t.timers.request,
    )
  },
)
