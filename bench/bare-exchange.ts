import { connect } from 'node:net'
import { controlMessage, encodeControl } from '../harness/protocol/control.ts'
import { sizeOf } from '../harness/protocol/messages.ts'
import { startRequest } from '../harness/scenario/tester.ts'

const START = encodeControl(controlMessage('Start-Control-Connection-Request', startRequest()))
const ECHO = encodeControl(controlMessage('Echo-Request', { identifier: 1 }))
const START_REPLY = sizeOf('Start-Control-Connection-Reply')
const ECHO_REPLY = sizeOf('Echo-Reply')
/** ms; a server that says nothing for so long says nothing any more. */
const LIMIT = 5_000

/**
 * What `echo/reply` says and waits for, with a bare socket: connects, sends a start request and,
 * after its reply, an echo request; after the echo reply it closes, and waits for the other side's
 * close. It counts octets and looks at nothing.
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
      else reject(new Error(`${host}:${port} closed after ${received} octets`))
    })
  })
}
