import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SCENARIOS } from '../../suites/index.ts'
import { isScenarioFile } from '../../suites/registered.ts'
import type { CatalogueEntry, Role } from '../../suites/requirements/entry.ts'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { offerLines, requireRequirement } from './offer.ts'
import {
  isKebab,
  requireCheckout,
  type Scaffold,
  type ScaffoldRequest,
  type WorkingPlace,
} from './scaffold.ts'

/** A scenario file that plays as it is. */
interface ScenarioFile {
  /** `echo/pipelined` */
  readonly id: string
  readonly iut: Role | 'both'
  /** Lines of a comment. */
  readonly offer: readonly string[]
}

/** The preamble that brings an implementation to an established control connection. */
const ESTABLISHED = {
  recipient: 'const control = await t.establish()',
  originator: 'const { control } = await t.accept()',
  both: 'const control = await t.establish()',
} as const

/** The text of a new scenario file. */
function scenarioText({ id, iut, offer }: ScenarioFile): string {
  return `import { scenario } from '../kit.ts'

// It plays as it is, and its mutants fail it: make it your own, and remove this comment.
// docs/writing-a-scenario.md has all words of the language.
${offer.join('\n')}
export default scenario(
  {
    id: '${id}',
    purpose: 'An Echo-Request is answered with an Echo-Reply that carries its Identifier.',
    decides: ['2.5/reply-to-each', '2.6/identifier'],
    provenBy: ['echo-no-reply', 'echo-wrong-identifier'],
    iut: '${iut}',
  },
  async (t) => {
    // The preamble decides nothing: where it fails, the case is inconclusive.
    ${ESTABLISHED[iut]}
    const identifier = t.unique()
    control.send('Echo-Request', { identifier })
    // Each judgement decides a requirement.
    const reply = await control.expect('2.5/reply-to-each', 'Echo-Reply')
    t.field('2.6/identifier', reply, 'identifier', identifier)
  },
)
`
}

/**
 * A new scenario: its file, which is all that it takes.
 * @throws UsageError for a name that is no `TOPIC/NAME`, an unknown topic, and a requirement that
 * nothing can decide in that role.
 */
export function scenarioScaffold(request: ScaffoldRequest, place: WorkingPlace): Scaffold {
  const suites = join(requireCheckout(place), 'suites')
  const { name: id, requirement } = request
  const topic = requireTopic(id, suites)
  const wanted = requirement === undefined ? undefined : requireRequirement(requirement)
  const iut = roleOf(request, wanted)
  const roles: readonly Role[] = iut === 'both' ? ['recipient', 'originator'] : [iut]
  const offer = offerLines(id, {
    wanted: requirement,
    takes: (entry) => entry.decided.by === 'scenario' && roles.some((role) => entry.iut.includes(role)),
    others: SCENARIOS.filter((one) => topicOf(one.id) === topic).flatMap(({ decides }) => decides),
    deciders: SCENARIOS,
  })
  const path = join(suites, `${id}.ts`)
  return {
    absent: [path],
    files: [{ path, text: scenarioText({ id, iut, offer }) }],
    next: [
      `suites/${id}.ts plays as it is: edit what it decides, sends and expects`,
      `npm run pptpspec -- prove --scenario '${id}'   # passes on the reference, fails on its mutants`,
      'npm run docs',
      'npm run test:unit',
    ],
  }
}

function topicOf(id: string): string {
  return id.split('/')[0] ?? ''
}

/** The topic of a scenario that is to have that id. */
function requireTopic(id: string, suites: string): string {
  const [topic = '', name = '', ...more] = id.split('/')
  const topics = [...new Set(SCENARIOS.map((one) => topicOf(one.id)))]
  if (more.length > 0 || !isKebab(topic) || !isKebab(name))
    throw new UsageError(
      `a scenario is called TOPIC/NAME, in small letters with hyphens, not "${id}"`,
      `For example echo/pipelined. Topics: ${topics.join(', ')}`,
    )
  if (topics.includes(topic) || (isScenarioFile(id) && existsSync(join(suites, topic)))) return topic
  const [nearest] = nearestNames(topic, topics)
  throw new UsageError(
    `there is no topic ${topic}`,
    `${nearest === undefined ? '' : `did you mean ${nearest}/${name}? `}Topics: ${topics.join(', ')}; for another one make the folder suites/${topic} first`,
  )
}

/** The role that is asked for; else every role in which the requirement can be observed. */
function roleOf(
  { role, requirement }: ScaffoldRequest,
  wanted: CatalogueEntry | undefined,
): ScenarioFile['iut'] {
  const observed = wanted?.iut ?? ['recipient', 'originator']
  const [only = 'recipient', other] = observed
  if (role === undefined) return other === undefined ? only : 'both'
  // With both, what one role does not show is passed over in it.
  if (role === 'both' || observed.includes(role)) return role
  throw new UsageError(
    `${requirement} cannot be observed on ${role === 'recipient' ? 'a recipient' : 'an originator'} of control connections`,
    `Leave out --role, or say --role ${only}`,
  )
}
