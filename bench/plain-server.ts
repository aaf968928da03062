import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { controlMessage, decodeControl, encodeControl } from '../harness/protocol/control.ts'
import { createFramer } from '../harness/protocol/framer.ts'

/**
 * A server that answers starts, echoes and stops and knows nothing else, as a process of its own:
 * what a scenario costs is measured against it where no implementation can be started. Prints the
 * port of 127.0.0.1 where it listens.
 */
const server = createServer({ noDelay: true }, (socket) => {
  const framer = createFramer()
  socket.on('error', () => socket.destroy())
  socket.on('data', (octets) => {
    for (const framed of framer.push(octets)) {
      const answer = framed.kind === 'message' ? answerTo(framed.octets) : undefined
      if (answer === undefined) socket.end()
      else socket.write(answer)
    }
  })
})

function answerTo(octets: Uint8Array): Uint8Array | undefined {
  const message = decodeControl(octets)
  const success = { resultCode: 1 }
  switch (message.name) {
    case 'Start-Control-Connection-Request':
      return encodeControl(controlMessage('Start-Control-Connection-Reply', success))
    case 'Echo-Request':
      return encodeControl(controlMessage('Echo-Reply', { ...success, identifier: message.identifier }))
    case 'Stop-Control-Connection-Request':
      return encodeControl(controlMessage('Stop-Control-Connection-Reply', success))
    default:
      return undefined
  }
}

server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
// Whoever started it is gone when its standard input ends.
process.stdin.on('end', () => process.exit(0)).resume()
