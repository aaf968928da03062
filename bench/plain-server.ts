import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { controlMessage, decodeControl, encodeControl } from '../harness/protocol/control.ts'
import { createFramer } from '../harness/protocol/framer.ts'

/**
 * A process with a server that answers Start-Control-Connection-Request, Echo-Request and
 * Stop-Control-Connection-Request, and ignores all else. Scenarios are measured against it where no
 * implementation can be started. Prints its port on 127.0.0.1.
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
// When standard input ends, the parent process has ended.
process.stdin.on('end', () => process.exit(0)).resume()
