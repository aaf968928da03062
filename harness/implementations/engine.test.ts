import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import {
  candidates,
  classifyProbeError,
  type DiscoveryInputs,
  discoverEngine,
  standardSockets,
} from './engine.ts'
import { provisioningObstacle } from './provision.ts'

let folder = ''
let servers: Server[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pptpspec-test-'))
})
afterEach(() => {
  for (const server of servers) server.close()
  servers = []
  rmSync(folder, { recursive: true })
})

function listen(server: Server, name: string): Promise<string> {
  const path = join(folder, name)
  servers.push(server)
  return new Promise((resolve) => server.listen(path, () => resolve(path)))
}

const answering = (name: string, answer: unknown) =>
  listen(
    createHttpServer((_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer))
    }),
    name,
  )
const docker = (name: string) =>
  answering(name, { Version: '20.10.24', Arch: 'amd64', Platform: { Name: '' } })
const podman = (name: string) =>
  answering(name, { Version: '4.3.1', Arch: 'arm64', Components: [{ Name: 'Podman Engine' }] })
/** Creates a socket file on which no process listens. */
async function stale(name: string): Promise<string> {
  const server = createServer()
  const path = await listen(server, `${name}.live`)
  renameSync(path, join(folder, name))
  await new Promise((resolve) => server.close(resolve))
  return join(folder, name)
}
const silent = (name: string) => listen(createServer(), name)

const around = (sockets: readonly string[], env: Record<string, string> = {}): DiscoveryInputs => ({
  env,
  sockets,
  patience: 300,
})

async function failure(work: Promise<unknown>): Promise<EnvironmentError> {
  try {
    await work
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError)
    expect((error as EnvironmentError).remedy).toBeTruthy()
    return error as EnvironmentError
  }
  throw new Error('an engine was found')
}

describe('discoverEngine', () => {
  it('takes the first socket that answers, and skips dead ones', async () => {
    const dead = await stale('dead.sock')
    const second = await podman('podman.sock')
    const engine = await discoverEngine(
      {},
      around([join(folder, 'none.sock'), dead, second, await docker('later.sock')]),
    )
    expect(engine).toMatchObject({
      name: 'Podman',
      version: '4.3.1',
      architecture: 'arm64',
      found: second,
      host: `unix://${second}`,
    })
  })

  it('prefers DOCKER_HOST to the sockets, and --engine to both', async () => {
    const [socket, named, asked] = [await docker('socket'), await docker('named'), await docker('asked')]
    const inputs = around([socket], { DOCKER_HOST: `unix://${named}` })
    expect(await discoverEngine({}, inputs)).toMatchObject({
      found: 'DOCKER_HOST',
      host: `unix://${named}`,
    })
    expect(await discoverEngine({ engine: asked }, inputs)).toMatchObject({
      found: '--engine',
      host: `unix://${asked}`,
    })
  })

  it('does not replace an engine that was named by another one', async () => {
    const error = await failure(
      discoverEngine({ engine: join(folder, 'none'), provision: true }, around([await docker('other')])),
    )
    expect(error.message).toMatch(/^no container engine at unix:\/\/.*none \(--engine\)$/)
  })

  it('an engine over TCP', async () => {
    const server = createHttpServer((_, response) =>
      response.end(JSON.stringify({ Version: '1', Arch: 'x86_64' })),
    )
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await discoverEngine({ engine: `tcp://127.0.0.1:${port}` }, around([]))).toMatchObject({
      architecture: 'amd64',
    })
  })

  describe('behind ssh', () => {
    /** Writes an ssh that records its arguments, and connects to a local socket, or fails. */
    function fakeSsh(leadsTo: string | undefined): () => string {
      const asked = join(folder, 'asked')
      const body =
        leadsTo === undefined
          ? "process.stderr.write('Permission denied (publickey).\\n'); process.exit(255)"
          : `const s = require('net').connect(${JSON.stringify(leadsTo)}); process.stdin.pipe(s); s.pipe(process.stdout)`
      const note = `require('fs').writeFileSync(${JSON.stringify(asked)}, process.argv.slice(2).join(' '))`
      writeFileSync(join(folder, 'ssh'), `#!${process.execPath}\n${note}\n${body}\n`, { mode: 0o755 })
      const before = process.env.PATH
      process.env.PATH = folder
      onTestFinished(() => {
        process.env.PATH = before
      })
      return () => readFileSync(asked, 'utf8')
    }

    it('is reached through the user’s ssh, which never asks for a password', async () => {
      const asked = fakeSsh(await docker('far.sock'))
      const engine = await discoverEngine({ engine: 'ssh://alice@far.example:2222' }, around([]))
      expect(engine).toMatchObject({ name: 'Docker', host: 'ssh://alice@far.example:2222' })
      expect(engine.api).toMatch(/^unix:\/\/.*engine\.sock$/)
      expect(asked()).toMatch(/BatchMode=yes .* -l alice -p 2222 -T far\.example docker system dial-stdio$/)
    })

    it('reports the error output of ssh when ssh cannot connect', async () => {
      fakeSsh(undefined)
      const error = await failure(discoverEngine({ engine: 'ssh://nobody@far.example' }, around([])))
      expect(error.message).toContain('does not answer: ssh says: Permission denied (publickey).')
    })
  })

  it('distinguishes no socket, a stale one, a silent one, and one of another program', async () => {
    expect((await failure(discoverEngine({}, around([join(folder, 'a'), join(folder, 'b')])))).message).toBe(
      'no container engine found',
    )
    expect((await failure(discoverEngine({}, around([await stale('s')])))).message).toMatch(
      /does not answer: nothing listens there/,
    )
    expect((await failure(discoverEngine({}, around([await silent('q')])))).message).toMatch(
      /does not answer: /,
    )
    expect((await failure(discoverEngine({}, around([await answering('w', { hello: 1 })])))).message).toMatch(
      /no container engine$/,
    )
  })

  it.each([
    'docker.sock',
    'unix://docker.sock',
    'ssh://',
    'ssh://-oProxyCommand=x',
    'ssh://a b',
    'ssh://-l@host',
    'tcp://',
    'npipe:////./pipe/x',
    '',
  ])('refuses the address %j', async (engine) => {
    await expect(discoverEngine({ engine }, around([]))).rejects.toThrow(UsageError)
  })
})

it('distinguishes a missing permission from a missing engine', () => {
  expect(classifyProbeError({ code: 'EACCES' })).toEqual({ kind: 'forbidden' })
  expect(classifyProbeError({ code: 'ENOENT' })).toEqual({ kind: 'absent' })
  expect(classifyProbeError(new Error('x'.repeat(1_000)))).toEqual({
    kind: 'silent',
    detail: 'x'.repeat(200),
  })
})

it('tries system-wide sockets first, and Docker before Podman', () => {
  expect(standardSockets({ XDG_RUNTIME_DIR: '/run/user/7' }, 1000).slice(0, 4)).toEqual([
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    '/run/user/7/docker.sock',
    '/run/user/7/podman/podman.sock',
  ])
  expect(standardSockets({}, 1000)).toContain('/run/user/1000/docker.sock')
  expect(candidates({}, around(['/x']))).toEqual([{ host: 'unix:///x', found: '/x' }])
})

describe('provisioningObstacle', () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
  it('returns no obstacle for root on Debian or its derivatives', () => {
    expect(provisioningObstacle(0, debian)).toBeUndefined()
    expect(provisioningObstacle(0, 'ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBeUndefined()
  })
  it('returns an obstacle for other users and systems', () => {
    expect(provisioningObstacle(1000, debian)).toMatch(/needs root/)
    expect(provisioningObstacle(0, 'PRETTY_NAME="Fedora 40"\nID=fedora\n')).toMatch(/this is Fedora 40/)
    expect(provisioningObstacle(undefined, '')).toMatch(/Debian and Ubuntu/)
  })
})
