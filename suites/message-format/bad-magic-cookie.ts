import { scenario, startReply, startRequest } from '../kit.ts'

const recipient = scenario(
  {
    id: 'message-format/bad-magic-cookie',
    purpose: 'A first message with a wrong Magic Cookie ends the TCP session before anything is answered.',
    decides: ['1.4/loss-of-synchronization-closes'],
    provenBy: ['ignores-magic-cookie', 'answers-before-closing'],
    iut: 'recipient',
    vary: {
      cookie: { 'last-bit': 0x1a2b3c4c, 'octets-swapped': 0x4d3c2b1a, zero: 0 },
      delivery: ['whole', 'octet-by-octet'],
    },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest(), {
      patch: { magicCookie: t.vary.cookie },
      delivery: t.vary.delivery,
    })
    await control.expectClose('1.4/loss-of-synchronization-closes', { first: true })
  },
)

const originator = scenario(
  {
    id: 'message-format/bad-magic-cookie',
    purpose: 'A start reply with a wrong Magic Cookie ends the TCP session before anything else is sent.',
    decides: ['1.4/loss-of-synchronization-closes'],
    provenBy: ['ignores-magic-cookie', 'never-closes-on-bad-cookie', 'answers-before-closing'],
    iut: 'originator',
    vary: {
      cookie: { 'last-bit': 0x1a2b3c4c, 'octets-swapped': 0x4d3c2b1a, zero: 0 },
      delivery: ['whole', 'octet-by-octet'],
    },
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.connection()
    await control.await('Start-Control-Connection-Request')
    control.send('Start-Control-Connection-Reply', startReply(), {
      patch: { magicCookie: t.vary.cookie },
      delivery: t.vary.delivery,
    })
    await control.expectClose('1.4/loss-of-synchronization-closes', { first: true })
  },
)

export default [recipient, originator]
