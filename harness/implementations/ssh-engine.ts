import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './child.ts'

/** ssh://[user@]host[:port]. User and host cannot begin with `-`, as an option of ssh would. */
const ADDRESS = /^ssh:\/\/(?:([A-Za-z0-9_][\w.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?\/?$/
/** How long ssh waits for a host that does not answer, in s. */
const CONNECT_LIMIT = 10
/** How long ssh keeps the connection to the host after the last request, in s. */
const KEPT = 30
/** How many characters of ssh's error output are kept. */
const COMPLAINT = 300

export function isSshAddress(address: string): boolean {
  return ADDRESS.test(address)
}

/** A socket of this machine whose connections lead to an engine on another machine. */
export interface SshEngine {
  /** The address of the socket in the form of DOCKER_HOST. */
  readonly api: string
  /** Returns the last error output of ssh; undefined when there was none. */
  complaint(): string | undefined
}

const opened = new Map<string, Promise<SshEngine>>()

/**
 * Opens a local socket to an engine that is reached by ssh: each connection to the socket runs
 * `docker system dial-stdio` on the other machine. The user's ssh connects, with the user's
 * configuration, keys and known hosts. ssh never asks for a password; it fails instead.
 * @throws Error when there is no ssh on this machine.
 */
export function openSshEngine(address: string): Promise<SshEngine> {
  const known = opened.get(address) ?? open(address)
  opened.set(address, known)
  return known
}

async function open(address: string): Promise<SshEngine> {
  const program = findProgram('ssh')
  if (program === undefined) throw new Error('there is no ssh on this machine')
  const [, user, host = '', port] = ADDRESS.exec(address) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'pptpspec-ssh-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: CONNECT_LIMIT,
    // All requests share one connection to the host.
    ControlMaster: 'auto',
    ControlPath: join(folder, 'master'),
    ControlPersist: KEPT,
  }
  const args = [
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    '-T',
    host,
    'docker system dial-stdio',
  ]
  let complaint: string | undefined
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const ssh = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    ssh.on('error', (error) => socket.destroy(error))
    ssh.stderr.on('data', (piece: Buffer) => {
      complaint = piece.toString('utf8').trim().slice(0, COMPLAINT) || complaint
    })
    socket.pipe(ssh.stdin)
    ssh.stdout.pipe(socket)
    for (const stream of [socket, ssh.stdin, ssh.stdout]) stream.on('error', () => socket.destroy())
    socket.on('close', () => ssh.kill())
  })
  const path = join(folder, 'engine.sock')
  await listening(server, path)
  // So that the server does not keep the process alive.
  server.unref()
  return { api: `unix://${path}`, complaint: () => complaint }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}
