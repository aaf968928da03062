import { systemClock } from '../../network/system.ts'
import type { AuthenticationMethod } from '../../ppp/authentication.ts'
import { printable } from '../../protocol/octets.ts'
import { Inconclusive } from '../../scenario/judge.ts'
import { decryptionIn } from '../decryption.ts'
import type { EncryptionDemand, End, PppDemand } from '../ends.ts'
import { mainConversation } from '../hop-facts.ts'
import { type HopsSeen, type Interop, type InteropJudgement, interopCase } from '../interop-case.ts'
import type { AgreedEncryption } from '../negotiation.ts'
import { describeLink, linkJudgement } from '../wording.ts'

const METHODS = {
  pap: 'pap',
  'chap-md5': 'chap-md5',
  'ms-chap-v1': 'ms-chap-v1',
  'ms-chap-v2': 'ms-chap-v2',
} as const

function named<const T extends Readonly<Record<string, unknown>>>(name: string, values: T) {
  return Object.fromEntries(Object.entries(values).map(([label, value]) => [`${name}=${label}`, value])) as {
    readonly [K in string]: T[keyof T]
  }
}

function claimed(
  pair: Parameters<NonNullable<Parameters<typeof interopCase<AuthenticationMethod>>[0]['inapplicable']>>[0],
  method: AuthenticationMethod,
) {
  const without = [pair.client, pair.server].find(
    ({ manifest }) => manifest.pics.authentication?.includes(method) !== true,
  )
  return without && `${without.name} does not claim ${method} (pics.authentication)`
}

const authentication = interopCase<AuthenticationMethod>(
  {
    id: 'authentication/method',
    purpose:
      'The server demands one way of proving who the client is; the client proves it in that way, and has a link.',
    decides: ['interop/authentication', 'interop/link'],
    paths: ['direct'],
    vary: named('method', METHODS),
    ppp: (method) => ({
      client: { authentication: 'any', encryption: 'none' },
      server: { authentication: method, encryption: 'none' },
    }),
    inapplicable: claimed,
  },
  async (t) => {
    const { link, serverLink } = await t.place()
    const { diagnosis, negotiation } = await t.seen()
    t.decide('interop/link', linkJudgement({ link, serverLink, diagnosis }))
    t.decide('interop/authentication', {
      ok: negotiation?.authentication.iut === t.vary && negotiation.proof === 'taken',
      expected: `the client's proof by ${t.vary}, taken`,
      seen: `${negotiation?.authentication.iut ?? 'no way agreed on'}, ${negotiation?.proof ?? 'no answer to it'}`,
      entry: negotiation?.proofEntry,
    })
  },
)

const wrongSecret = interopCase<AuthenticationMethod>(
  {
    id: 'authentication/wrong-secret',
    purpose: 'The client has another secret than the server; the server refuses it, and no link comes up.',
    decides: ['interop/refusal'],
    paths: ['direct'],
    vary: named('method', METHODS),
    ppp: (method) => ({
      client: { authentication: 'any', encryption: 'none' },
      server: { authentication: method, encryption: 'none' },
    }),
    inapplicable: (pair, method) =>
      pair.client.manifest.dial?.settings?.secret === undefined
        ? `${pair.client.name} cannot be given another secret (dial.settings.secret)`
        : claimed(pair, method),
  },
  async (t) => {
    const { link } = await t.place({ settings: { secret: 'not-the-secret' } })
    const { negotiation, diagnosis } = await t.seen()
    t.decide('interop/refusal', {
      ok: link === undefined && negotiation?.proof === 'refused',
      expected: 'the proof refused, and no link',
      seen: `${negotiation?.proof ?? 'no answer to the proof'}, ${describeLink({ link, serverLink: link, diagnosis })}`,
      entry: negotiation?.proofEntry,
    })
  },
)

interface Demands {
  readonly client: EncryptionDemand
  readonly server: EncryptionDemand
  /** The required outcome; `refusal`: no link. */
  readonly due: 'none' | 40 | 128 | 'refusal'
}

const ENCRYPTIONS = {
  none: { client: 'none', server: 'none', due: 'none' },
  '40': { client: '40', server: '40', due: 40 },
  '128': { client: '128', server: '128', due: 128 },
  '40-stateful': { client: '40-stateful', server: '40-stateful', due: 40 },
  '128-stateful': { client: '128-stateful', server: '128-stateful', due: 128 },
  'by-server': { client: 'offered', server: '128', due: 128 },
  'by-client': { client: '128', server: 'offered', due: 128 },
  'refused-by-client': { client: 'none', server: '128', due: 'refusal' },
  'refused-by-server': { client: '128', server: 'none', due: 'refusal' },
} as const satisfies Readonly<Record<string, Demands>>

const encryption = interopCase<Demands>(
  {
    id: 'encryption/demand',
    purpose:
      'What one end demands of encryption is what both directions get; where the other end refuses it, no link comes up.',
    decides: ['interop/encryption', 'interop/refusal', 'interop/datagrams'],
    paths: ['direct'],
    vary: named<Readonly<Record<string, Demands>>>('mppe', ENCRYPTIONS),
    ppp: ({ client, server }) => {
      const demand = (encryption: EncryptionDemand): PppDemand => ({
        authentication: 'ms-chap-v2',
        encryption,
      })
      return { client: demand(client), server: demand(server) }
    },
    inapplicable(pair, { due }) {
      if (due !== 40 && due !== 128) return undefined
      const without = [pair.client, pair.server].find(
        ({ manifest }) => manifest.pics.mppe?.includes(due) !== true,
      )
      return without && `${without.name} does not claim MPPE of ${due} bits (pics.mppe)`
    },
  },
  async (t) => {
    const { due } = t.vary
    const { link, serverLink } = await t.place()
    const { diagnosis, negotiation } = await t.seen()
    if (due === 'refusal') {
      // A link that fails for another reason is not a refusal of encryption.
      if (link === undefined && negotiation?.proof !== 'taken')
        throw new Inconclusive(`it did not come to encryption: ${diagnosis?.text ?? 'nothing shows why'}`)
      t.decide('interop/refusal', {
        ok: link === undefined,
        expected: 'no link',
        seen: describeLink({ link, serverLink, diagnosis }),
      })
      return
    }
    const modes = [negotiation?.encryption.tester, negotiation?.encryption.iut]
    const linked = link !== undefined && serverLink !== undefined
    t.decide('interop/encryption', {
      ok: linked && modes.every((mode) => (due === 'none' ? mode === undefined : mode?.bits === due)),
      expected:
        due === 'none' ? 'a link without encryption' : `a link with MPPE of ${due} bits in both directions`,
      seen: linked
        ? `to the client ${describeMode(modes[0])}, to the server ${describeMode(modes[1])}`
        : describeLink({ link, serverLink, diagnosis }),
    })
    if (!linked) return
    const received = await t.client.ping(link.remote, 1_000, { fragment: true, count: 5 })
    t.decide('interop/datagrams', { ok: received === 5, expected: 'replies to 5 pings', seen: `${received}` })
    // Each end has asked for the mode of what it receives; of the two modes, pppd logs that one.
    if (due !== 'none')
      for (const [at, end] of [t.client, t.server].entries()) await decideByLog(t, end, modes[at])
    const secret = t.server.manifest.ppp?.secret
    if (due !== 'none' && secret !== undefined)
      t.decide('interop/encryption', readable(await t.seen(), secret))
  },
)

/** ms in which the log of an end has to arrive. */
const LOGGED = 3_000
const LOOK_AGAIN = 50

/** The encryption that an end logs has to be the one that the two agreed on. */
async function decideByLog(
  t: Pick<Interop, 'decide' | 'logged'>,
  end: End,
  agreed: AgreedEncryption | undefined,
): Promise<void> {
  const { mppeLog } = end.manifest.interop ?? {}
  if (mppeLog === undefined || agreed === undefined) return
  const pattern = new RegExp(mppeLog)
  const until = systemClock.now() + LOGGED
  let found = t.logged(end, pattern)
  // Logs and packets arrive by different ways.
  while (found === undefined && systemClock.now() < until) {
    await systemClock.sleep(LOOK_AGAIN)
    found = t.logged(end, pattern)
  }
  const { bits, mode } = found?.groups ?? {}
  t.decide('interop/encryption', {
    ok: bits === String(agreed.bits) && mode === (agreed.stateless ? 'stateless' : 'stateful'),
    expected: `${describeMode(agreed)}, in the log of ${end.name} as in what passed`,
    seen: found === undefined ? 'no such line in its log' : `"${printable(found[0])}"`,
  })
}

/** The keys that follow from the secret must decrypt all packets. */
function readable({ hops }: HopsSeen, secret: string): InteropJudgement {
  const conversation = hops[0] && mainConversation(hops[0])
  const found = conversation && decryptionIn(conversation.reading, secret)
  const directions = found === undefined ? [] : [found.tester, found.iut]
  return {
    ok:
      directions.length > 0 && directions.every((one) => one.encrypted > 0 && one.readable === one.encrypted),
    expected:
      'IPv4 packets in both directions, once they are decrypted with the keys that follow from the secret',
    seen:
      found === undefined
        ? 'no keys can be had from what passed'
        : `${found.tester.readable} of ${found.tester.encrypted} packets of the client, ${found.iut.readable} of ${found.iut.encrypted} of the server`,
  }
}

function describeMode(mode: AgreedEncryption | undefined): string {
  return mode === undefined
    ? 'none'
    : `MPPE of ${mode.bits} bits, ${mode.stateless ? 'stateless' : 'stateful'}`
}

export const PPP = [...authentication, ...wrongSecret, ...encryption]
