import { PROTOCOL_VERSION } from '../../harness/protocol/messages.ts'
import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'start/later-version',
    purpose: 'Asked for a later version, the recipient replies with its own and establishes the connection.',
    decides: ['2.2/sent-in-reply', '3.1.2/later-version'],
    provenBy: ['ignores-start', 'start-reply-wrong-version-higher', 'refuses-later-version'],
    iut: 'recipient',
    vary: { version: { '1.1': 0x0101, '2.0': 0x0200, '255.255': 0xffff } },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ protocolVersion: t.vary.version }))
    const reply = await control.expect('2.2/sent-in-reply', 'Start-Control-Connection-Reply')
    t.field('3.1.2/later-version', reply, 'protocolVersion', PROTOCOL_VERSION)
    t.field('3.1.2/later-version', reply, 'resultCode', 1)
  },
)
