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

/** What varies in the text of a new scenario file. */
interface ScenarioFile {
  /** `echo/pipelined` */
  readonly id: string
  readonly iut: Role | 'both'
  /** Comment lines that name requirements. */
  readonly offer: readonly string[]
}

/** Source of the preamble that establishes a control connection, by role. */
const ESTABLISHED = {
  recipient: 'const control = await t.establish()',
  originator: 'const { control } = await t.accept()',
  both: 'const control = await t.establish()',
} as const

/** Returns the text of a new scenario file, which plays unedited. */
function scenarioText({ id, iut, offer }: ScenarioFile): string {
  return `import { scenario } from '../kit.ts'

// This example works: it kills its mutants. Replace it by your own test; remove this comment.
// docs/writing-a-scenario.md explains everything that a scenario can do.
${offer.map((line) => `${line}\n`).join('')}export default scenario(
  {
    id: '${id}',
    purpose: 'An Echo-Request is answered with an Echo-Reply that carries its Identifier.',
    decides: ['2.5/reply-to-each', '2.6/identifier'],
    provenBy: ['echo-no-reply', 'echo-wrong-identifier'],
    iut: '${iut}',
  },
  async (t) => {
    // The preamble decides no requirement: if it fails, the case is inconclusive.
    ${ESTABLISHED[iut]}
    const identifier = t.unique()
    control.send('Echo-Request', { identifier })
    // Each of the following two expectations decides a requirement.
    const reply = await control.expect('2.5/reply-to-each', 'Echo-Reply')
    t.field('2.6/identifier', reply, 'identifier', identifier)
  },
)
`
}

/**
 * Returns the one file of a new scenario.
 * @throws UsageError when the name is not `TOPIC/NAME`, the topic is unknown, or nothing can decide
 * the requirement in the role asked for.
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
    field: 'decides',
    takes: (entry) => entry.decided.by === 'scenario' && roles.some((role) => entry.iut.includes(role)),
    others: SCENARIOS.filter((one) => topicOf(one.id) === topic).flatMap(({ decides }) => decides),
    deciders: SCENARIOS,
  })
  const path = join(suites, `${id}.ts`)
  return {
    absent: [path],
    files: [{ path, text: scenarioText({ id, iut, offer }) }],
    next: [
      `suites/${id}.ts holds a working example: edit what it decides, sends and expects`,
      `npm run pptpspec -- prove --scenario '${id}'   # it must pass on the reference, and fail on its mutants`,
      'npm run docs && npm run format && npm run check && npm run test:unit',
    ],
  }
}

function topicOf(id: string): string {
  return id.split('/')[0] ?? ''
}

/** Returns the topic of a new scenario's id. @throws UsageError when id or topic is not valid. */
function requireTopic(id: string, suites: string): string {
  const [topic = '', name = '', ...more] = id.split('/')
  const topics = [...new Set(SCENARIOS.map((one) => topicOf(one.id)))]
  if (more.length > 0 || !isKebab(topic) || !isKebab(name))
    throw new UsageError(
      `the name of a scenario is TOPIC/NAME, lower-case words joined by hyphens, not "${id}"`,
      `For example echo/pipelined. Topics: ${topics.join(', ')}`,
    )
  if (topics.includes(topic) || (isScenarioFile(id) && existsSync(join(suites, topic)))) return topic
  const [nearest] = nearestNames(topic, topics)
  throw new UsageError(
    `there is no topic ${topic}`,
    `${nearest === undefined ? '' : `did you mean ${nearest}/${name}? `}Topics: ${topics.join(', ')}; for a new topic make the folder suites/${topic} first`,
  )
}

/**
 * Returns the role asked for; without one, every role in which the requirement can be observed.
 * @throws UsageError when the requirement cannot be observed in the role asked for.
 */
function roleOf(
  { role, requirement }: ScaffoldRequest,
  wanted: CatalogueEntry | undefined,
): ScenarioFile['iut'] {
  const observed = wanted?.iut ?? ['recipient', 'originator']
  const [only = 'recipient', other] = observed
  if (role === undefined) return other === undefined ? only : 'both'
  // A scenario for both roles does not decide the requirement in a role that does not show it.
  if (role === 'both' || observed.includes(role)) return role
  throw new UsageError(
    `${requirement} cannot be observed on ${role === 'recipient' ? 'a recipient' : 'an originator'} of control connections`,
    `Leave out --role, or say --role ${only}`,
  )
}
