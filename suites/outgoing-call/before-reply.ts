import { absent, arrivalOf, scenario, shownBy } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/before-reply',
    purpose: 'An originator sends no data while it waits for Outgoing-Call-Reply.',
    decides: ['3.2.4.2/wait-reply-no-data', '1.3.1/control-first'],
    provenBy: ['data-before-call-reply'],
    iut: 'originator',
    needs: ['ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const { control } = await t.accept()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const stray = arrivalOf(
      await tunnels.stray(t.timers.reply),
      'a packet in the tunnel',
      `no packet in the tunnel for ${t.timers.reply} ms`,
    )
    t.check(
      ['3.2.4.2/wait-reply-no-data', '1.3.1/control-first'],
      shownBy(stray, request.entry),
      absent('no packet in the tunnel before Outgoing-Call-Reply'),
    )
  },
)
