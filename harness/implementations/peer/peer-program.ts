import { createConnection, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { messageOf } from '../../errors/errors.ts'
import { createSystemNetwork } from '../../network/system.ts'
import { isHabitName } from '../../reference/habits.ts'
import { isMutantName } from '../../reference/mutants.ts'
import { onlyAddress } from '../own-address.ts'
import { type Peer, startPeer } from './peer.ts'
import { wordsOf } from './words.ts'

/**
 * The program in the container of the reference.
 *
 *   node peer.mjs         runs the reference, as client and server
 *   node peer.mjs attend  hands commands to the running reference, as its manifest's attendant:
 *                         requests are lines on standard input, answers lines on standard output
 *
 * Environment: PPTPSPEC_FAULT, names of mutants and of habits, with commas between them;
 * PPTPSPEC_CALL_ID, the first Call ID.
 */

const SOCKET = '/tmp/pptpspec-peer'

if (process.argv[2] === 'attend') attend()
else await run()

function attend(): void {
  const socket = createConnection(SOCKET)
  process.stdin.pipe(socket)
  socket.pipe(process.stdout)
  socket.on('close', () => process.exit(0))
  socket.on('error', (error) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exit(1)
  })
}

async function run(): Promise<void> {
  const { PPTPSPEC_FAULT: wanted = '', PPTPSPEC_CALL_ID: first = '' } = process.env
  const names = wanted.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !isMutantName(name) && !isHabitName(name))
  if (unknown !== undefined) {
    process.stderr.write(`PPTPSPEC_FAULT: there is no mutant and no habit ${unknown}\n`)
    process.exit(2)
  }
  const peer = await startPeer({
    network: createSystemNetwork(),
    address: onlyAddress(),
    deviations: { faults: names.filter(isMutantName), habits: names.filter(isHabitName) },
    firstCallId: first === '' ? undefined : Number(first),
    log: (text) => void process.stdout.write(`${text.replaceAll('\n', ' ')}\n`),
  })
  const server = createServer((socket) => {
    socket.on('error', () => {})
    createInterface({ input: socket }).on('line', (line) => {
      void answer(peer, line).then((text) => {
        if (!socket.destroyed) socket.write(`${text}\n`)
      })
    })
  })
  server.listen(SOCKET, () => process.stdout.write('pptpspec: ready on port 1723\n'))
}

/** Performs a request, `NUMBER QUOTED-WORDS`, and returns the answer, `NUMBER STATUS BASE64`. */
async function answer(peer: Peer, line: string): Promise<string> {
  const [number = '', ...words] = wordsOf(line)
  const told = (status: number, text: string) => `${number} ${status} ${Buffer.from(text).toString('base64')}`
  try {
    return told(0, await peer.perform(words))
  } catch (error) {
    return told(2, messageOf(error))
  }
}
