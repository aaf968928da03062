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
      'The server demands one authentication protocol; the client authenticates by it, and has a link.',
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
      expected: `authentication by ${t.vary}, accepted by the server`,
      seen: `authentication by ${negotiation?.authentication.iut ?? 'no agreed protocol'}, ${describeProof(negotiation?.proof)}`,
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
      expected: 'authentication refused by the server, and no link',
      seen: `authentication ${describeProof(negotiation?.proof)}, and ${describeLink({ link, serverLink: link, diagnosis })}`,
      entry: negotiation?.proofEntry,
    })
  },
)

function describeProof(proof: 'taken' | 'refused' | undefined): string {
  return proof === undefined
    ? 'not answered by the server'
    : `${proof === 'taken' ? 'accepted' : 'refused'} by the server`
}

interface Demands {
  readonly client: EncryptionDemand
  readonly server: EncryptionDemand
  /** The required outcome: no encryption, MPPE with keys of that many bits, or no link. */
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
      'Both directions get the encryption that one end demands; if the other end refuses it, no link comes up.',
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
        throw new Inconclusive(
          `encryption was not negotiated: ${diagnosis?.text ?? 'the captures do not show why'}`,
        )
      t.decide('interop/refusal', {
        ok: link === undefined,
        expected: 'no link, since one end refuses the encryption that the other demands',
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
    t.decide('interop/datagrams', {
      ok: received === 5,
      expected: '5 of 5 pings answered',
      seen: `${received} of 5 pings answered`,
    })
    // Each end asks for the mode of the packets that it receives, and pppd logs that mode.
    if (due !== 'none')
      for (const [at, end] of [t.client, t.server].entries()) await decideByLog(t, end, modes[at])
    const secret = t.server.manifest.ppp?.secret
    if (due !== 'none' && secret !== undefined)
      t.decide('interop/encryption', readable(await t.seen(), secret))
  },
)

/** ms within which a line of an end's log must arrive, and ms between two looks at the log. */
const LOGGED = 3_000
const LOOK_AGAIN = 50

/** Decides whether the encryption that an end logs is the one that both ends agreed on. */
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
    expected: `${describeMode(agreed)} in the log of ${end.name}, as in the capture`,
    seen:
      found === undefined
        ? `no line about MPPE in the log of ${end.name} within ${LOGGED / 1_000} s`
        : `"${printable(found[0])}" in the log of ${end.name}`,
  })
}

/** Judges whether the keys that are derived from the secret decrypt all packets. */
function readable({ hops }: HopsSeen, secret: string): InteropJudgement {
  const conversation = hops[0] && mainConversation(hops[0])
  const found = conversation && decryptionIn(conversation.reading, secret)
  const directions = found === undefined ? [] : [found.tester, found.iut]
  return {
    ok:
      directions.length > 0 && directions.every((one) => one.encrypted > 0 && one.readable === one.encrypted),
    expected:
      'in both directions, every encrypted packet decrypts to IPv4 with the keys derived from the secret',
    seen:
      found === undefined
        ? 'no keys can be derived from the captured authentication'
        : `${found.tester.readable} of ${found.tester.encrypted} packets of the client and ${found.iut.readable} of ${found.iut.encrypted} of the server decrypt to IPv4`,
  }
}

function describeMode(mode: AgreedEncryption | undefined): string {
  return mode === undefined
    ? 'no encryption'
    : `MPPE of ${mode.bits} bits, ${mode.stateless ? 'stateless' : 'stateful'}`
}

export const PPP = [...authentication, ...wrongSecret, ...encryption]
