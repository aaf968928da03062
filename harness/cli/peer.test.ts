import { describe, expect, it } from 'vitest'
import { canOpenRawGre } from '../network/raw-gre.ts'
import { loopbackAddresses } from '../network/testing/loopback.ts'
import { pptpspec } from './testing/command-line.ts'

const ability = canOpenRawGre()
const missing = ability.ok || process.env.PPTPSPEC_REQUIRE_RAW === '1' ? undefined : ability.reason
const [SERVER, CLIENT] = loopbackAddresses()

/** Starts a server. @returns its outcome, and a function that ends it. */
async function serve(...options: readonly string[]) {
  let end: () => void = () => {}
  let isUp: () => void = () => {}
  const up = new Promise<void>((resolve) => {
    isUp = resolve
  })
  const ended = pptpspec(['serve', '--listen', SERVER, ...options], {
    watch(text, interrupt) {
      end = () => interrupt({ reason: 'SIGINT' })
      if (text.includes('listening on')) isUp()
    },
  })
  await Promise.race([up, ended])
  return {
    ended,
    end: () => {
      end()
      return ended
    },
  }
}

/** Dials, and hangs up as soon as the client has written a line that matches. */
function dialUntil(line: RegExp, ...options: readonly string[]) {
  return pptpspec(['dial', SERVER, '--from', CLIENT, ...options], {
    watch(text, interrupt) {
      if (line.test(text)) interrupt({ reason: 'SIGTERM' })
    },
  })
}

describe.skipIf(missing !== undefined)('the reference on real sockets', { timeout: 30_000 }, () => {
  it('serves and dials: a whole session with MPPE, which the client ends in order', async () => {
    const server = await serve('--account', 'alice:sesame')
    const { code, stdout, stderr } = await dialUntil(/network-up/, '--account', 'alice:sesame')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // The PPP protocols of the session: LCP, CHAP, CCP, IPCP.
    for (const protocol of ['0xc021', '0xc223', '0x80fd', '0x8021'])
      expect(stdout).toContain(`PPP protocol ${protocol} opened`)
    expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^\d+\.\d{3} SIGTERM: hanging up$/),
      expect.stringContaining('closed: Stop-Control-Connection-Reply'),
      expect.stringContaining('over: the connection is over'),
    ])
    const { code: end, stdout: log } = await server.end()
    expect(end).toBe(0)
    expect(log).toContain('authenticated (peer)')
    expect(log).toContain('network-up')
    expect(log).toContain('SIGINT: closing')
  })

  it('does not accept a client with another secret', async () => {
    const server = await serve('--account', 'alice:sesame')
    const { stdout } = await dialUntil(/authentication-failed/, '--account', 'alice:wrong')
    expect(stdout).not.toContain('network-up')
    await server.end()
  })

  it('behaves like the mutant that is given', async () => {
    const server = await serve('--fault', 'start-reply-unauthorized')
    const { code, stdout } = await dialUntil(/never/, '--for', '5')
    expect(code, stdout).toBe(1)
    expect(stdout).not.toContain('PPP protocol')
    expect((await server.end()).stdout).toContain('with start-reply-unauthorized')
  })

  it('ends with 1 when no server listens, or the server ends the connection', async () => {
    const refused = await pptpspec(['dial', SERVER, '--from', CLIENT])
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('over: ECONNREFUSED') })
    const server = await serve()
    const dialling = pptpspec(['dial', SERVER, '--from', CLIENT], {
      watch(text) {
        if (text.includes('network-up')) void server.end()
      },
    })
    expect(await dialling).toMatchObject({ code: 1 })
  })

  it('has a remedy for an address that is not of this machine, or is in use', async () => {
    const other = await pptpspec(['serve', '--listen', '192.0.2.254'])
    expect(other).toMatchObject({ code: 3, stderr: expect.stringMatching(/EADDRNOTAVAIL\nremedy: /) })
    const server = await serve()
    expect(await pptpspec(['serve', '--listen', SERVER])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/EADDRINUSE\nremedy: /),
    })
    await server.end()
  })
})

it.each([
  [['serve', '--listen', 'here'], /--listen: expected an IPv4 address, got "here"/],
  [['dial'], /an argument is missing/],
  [['dial', 'vpn.example.com'], /server: expected an IPv4 address/],
  [['dial', '192.0.2.1', '--for', '0'], /--for/],
  [['serve', '--fault', 'ignores-magic-cooky'], /did you mean ignores-magic-cookie/],
  [['serve', '--account', 'alice'], /--account: expected NAME with the secret in/],
  [['serve', '--profile', 'opne'], /did you mean open/],
])('%j is a mistake that is explained', async (argv, words) => {
  expect(await pptpspec(argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) })
})
