import { describe, expect, test } from 'vitest'
import { AUTHENTICATION_METHODS, type AuthenticationMethod } from './authentication.ts'
import { createIdentityCheck, createIdentityProof, type Login } from './login.ts'
import type { PppAction } from './protocol.ts'
import { seededOctets } from './random.ts'

const ACCOUNT = { name: 'tester', secret: 'secret' }
const NO_WORDS = Uint8Array.of(9)

const check = (method: AuthenticationMethod) =>
  createIdentityCheck(method, {
    name: 'server',
    secretOf: (name) => (name === ACCOUNT.name ? ACCOUNT.secret : undefined),
    random: seededOctets(1),
  })
const proof = (method: AuthenticationMethod) =>
  createIdentityProof(method, { account: ACCOUNT, random: seededOctets(2) })

const packets = (actions: readonly PppAction[]) =>
  actions.flatMap((action) => (action.kind === 'send' ? [action.octets] : []))
const give = ({ machine }: Login, octets: Uint8Array | undefined) =>
  machine.handle({ kind: 'packet', octets: octets ?? NO_WORDS })
const up = ({ machine }: Login) => machine.handle({ kind: 'up' })
const notices = (actions: readonly PppAction[]) =>
  actions.flatMap((action) => (action.kind === 'notice' ? [action.notice.kind] : []))

describe.each(AUTHENTICATION_METHODS)('%s', (method) => {
  /** Brings both ends to the packet that proves the identity. */
  function begun() {
    const [server, client] = [check(method), proof(method)]
    const [challenge] = packets(up(server))
    const [request] = packets(up(client))
    const response = request ?? packets(give(client, challenge))[0]
    return { server, client, challenge, response }
  }

  test('both ends agree on success and on the keys', () => {
    const { server, client, response } = begun()
    const verdict = give(server, response)
    expect(notices(verdict)).toEqual(['authenticated'])
    expect(notices(give(client, packets(verdict)[0]))).toEqual(['authenticated'])
    expect(client.keys()).toEqual(server.keys())
    expect(server.keys()?.method).toBe(method === 'pap' || method === 'chap-md5' ? undefined : method)
  })

  test('a repeated proof gets the same verdict, and no notice', () => {
    const { server, response } = begun()
    const [first] = packets(give(server, response))
    expect(give(server, response)).toEqual([{ kind: 'send', octets: first }])
  })

  test('an unanswered proof is repeated, and given up after ten', () => {
    const { client } = begun()
    const repeated: PppAction[] = []
    for (let tries = 0; tries < 12; tries++) repeated.push(...client.machine.handle({ kind: 'timer' }))
    expect(packets(repeated).length).toBeGreaterThanOrEqual(9)
    expect(notices(repeated)).toEqual(['authentication-failed'])
  })

  test('both ends give up waiting for a peer that sends nothing', () => {
    const server = check(method)
    up(server)
    const actions: PppAction[] = []
    for (let tries = 0; tries < 12; tries++) actions.push(...server.machine.handle({ kind: 'timer' }))
    expect(notices(actions)).toEqual(['authentication-failed'])
  })
})

test('a repeated Challenge gets the same Response, on which the keys depend', () => {
  const [server, client] = [check('ms-chap-v2'), proof('ms-chap-v2')]
  const [challenge] = packets(up(server))
  up(client)
  expect(packets(give(client, challenge))).toEqual(packets(give(client, challenge)))
})
