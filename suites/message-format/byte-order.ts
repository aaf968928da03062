import { adding, type BodyValues, describeMessage, Inconclusive, is, scenario, wholeMessage } from '../kit.ts'
import { isBadValue } from '../steps/calls.ts'

/**
 * Values that differ when their octets are read in reverse order. Most are out of range then: a
 * Minimum BPS of 300 becomes 738,263,040, above a Maximum BPS of 14,808,325.
 */
const LOPSIDED = {
  minimumBps: 300,
  maximumBps: 100_000_000,
  bearerType: 1,
  framingType: 1,
  packetRecvWindowSize: 0x0010,
}

export default scenario(
  {
    id: 'message-format/byte-order',
    purpose: 'The fields of a call request are read with the high octet first.',
    decides: ['2/network-order-received'],
    provenBy: ['reads-speeds-little-endian'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    control.send('Outgoing-Call-Request', t.callRequest(LOPSIDED))
    const reply = await control.await('Outgoing-Call-Reply', t.timers.call)
    const { resultCode, connectSpeed } = reply.message
    if (resultCode !== 1 && !isBadValue(reply.message))
      throw new Inconclusive(`the call is refused for another reason: ${describeMessage(reply.message)}`)
    const speed = adding(wholeMessage(reply), `, Connect Speed ${connectSpeed}`)
    t.check('2/network-order-received', speed, WITHIN_RANGE)
  },
)

const { minimumBps, maximumBps } = LOPSIDED

const WITHIN_RANGE = is<BodyValues<'Outgoing-Call-Reply'>>(
  `a connected call with a Connect Speed from ${minimumBps} to ${maximumBps}`,
  ({ resultCode, connectSpeed }) =>
    resultCode === 1 && connectSpeed >= minimumBps && connectSpeed <= maximumBps,
)
