import { connect } from 'node:net'
import { controlMessage, encodeControl } from '../harness/protocol/control.ts'
import { sizeOf } from '../harness/protocol/messages.ts'
import { startRequest } from '../harness/scenario/tester.ts'

const START = encodeControl(controlMessage('Start-Control-Connection-Request', startRequest()))
const ECHO = encodeControl(controlMessage('Echo-Request', { identifier: 1 }))
const START_REPLY = sizeOf('Start-Control-Connection-Reply')
const ECHO_REPLY = sizeOf('Echo-Reply')
/** The most ms without an octet from the server; after that the exchange fails. */
const LIMIT = 5_000

/**
 * Does what the scenario `echo/reply` does, with a bare socket: connects, sends a
 * Start-Control-Connection-Request and, after its reply, an Echo-Request; after the Echo-Reply
 * closes, and waits until the other side closes. It counts octets and checks nothing.
 */
export function bareExchange(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
    let received = 0
    let asked = 0
    socket.setTimeout(LIMIT, () => socket.destroy(new Error(`${host}:${port} is silent`)))
    socket.on('error', reject)
    socket.on('connect', () => socket.write(START))
    socket.on('data', (octets) => {
      received += octets.length
      if (asked === 0 && received >= START_REPLY) {
        asked = 1
        socket.write(ECHO)
      } else if (asked === 1 && received >= START_REPLY + ECHO_REPLY) {
        asked = 2
        socket.end()
      }
    })
    socket.on('close', () => {
      if (asked === 2) resolve()
      else reject(new Error(`${host}:${port} closed the connection after ${received} octets`))
    })
  })
}
