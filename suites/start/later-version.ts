import { is, PROTOCOL_VERSION, scenario, startRequest, wholeMessage } from '../kit.ts'

/** Version 1.1: the same version, a later revision. */
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
        'Result Code 1 and a Protocol Version of at most 0x0101, the one asked for',
        ({ resultCode, protocolVersion }) => resultCode === 1 && protocolVersion <= LATER_REVISION,
      ),
    )
  },
)
