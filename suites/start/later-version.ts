import { is, PROTOCOL_VERSION, scenario, startRequest, wholeMessage } from '../kit.ts'

/** The same version, but a later revision of it. */
const LATER_REVISION = 0x0101

export default scenario(
  {
    id: 'start/later-version',
    purpose: 'Asked for a later version, the recipient replies with its own and establishes the connection.',
    decides: ['2.2/sent-in-reply', '3.1.2/later-version', '1.4/version-compared'],
    provenBy: ['ignores-start', 'start-reply-wrong-version-higher', 'refuses-later-version'],
    iut: 'recipient',
    vary: { version: { '1.1': LATER_REVISION, '2.0': 0x0200, '255.255': 0xffff } },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ protocolVersion: t.vary.version }))
    const reply = await control.expect('2.2/sent-in-reply', 'Start-Control-Connection-Reply')
    t.field('3.1.2/later-version', reply, 'protocolVersion', PROTOCOL_VERSION)
    t.field('3.1.2/later-version', reply, 'resultCode', 1)
    if (t.vary.version !== LATER_REVISION) return
    t.check(
      '1.4/version-compared',
      wholeMessage(reply),
      is(
        'a request for a later revision is granted as one for a later version is',
        ({ resultCode, protocolVersion }) => resultCode === 1 && protocolVersion <= LATER_REVISION,
      ),
    )
  },
)
