import { join } from 'node:path'
import { MONITORS } from '../../suites/monitors/index.ts'
import { UsageError } from '../errors/errors.ts'
import { offerLines, requireRequirement } from './offer.ts'
import {
  isKebab,
  readSource,
  requireCheckout,
  type Scaffold,
  type ScaffoldRequest,
  type WorkingPlace,
} from './scaffold.ts'

/** The text of a new monitor's file. @param offer lines of a comment. */
function monitorText(id: string, offer: readonly string[]): string {
  return `import { monitor } from '../catalogue.ts'

// It watches as it is, and its mutant is noticed: make it your own, and remove this comment.
// harness/scenario/monitor.ts has all that a monitor can listen to.
${offer.join('\n')}
export default monitor(
  {
    id: '${id}',
    purpose: 'An Echo-Reply without a general error has Error Code 0.',
    decides: ['2.6/error-code'],
    provenBy: ['echo-reply-error-set'],
  },
  ({ observe }) => ({
    // Each control message that the implementation under test sends.
    sent({ message, entry }) {
      if (message.name !== 'Echo-Reply' || message.resultCode === 2) return
      observe('2.6/error-code', {
        ok: message.errorCode === 0,
        expected: 'Echo-Reply with Error Code 0',
        seen: \`Echo-Reply with Error Code \${message.errorCode}\`,
        entry: entry.index,
      })
    },
  }),
)
`
}

/**
 * A new monitor: its file, and its place in the list of all.
 * @throws UsageError for a name that is none, and a requirement that nothing can decide.
 */
export function monitorScaffold({ name: id, requirement }: ScaffoldRequest, place: WorkingPlace): Scaffold {
  const folder = join(requireCheckout(place), 'suites', 'monitors')
  if (!isKebab(id))
    throw new UsageError(
      `a monitor has a name in small letters with hyphens, not "${id}"`,
      'For example pptpspec new monitor echo-pairs',
    )
  if (requirement !== undefined) requireRequirement(requirement)
  const offer = offerLines(id, {
    wanted: requirement,
    takes: ({ decided }) => decided.by === 'monitor',
    deciders: MONITORS,
  })
  const path = join(folder, `${id}.ts`)
  const list = join(folder, 'index.ts')
  return {
    absent: [path],
    files: [
      { path, text: monitorText(id, offer) },
      { path: list, text: withMonitor(readSource(list), id, list) },
    ],
    next: [
      `suites/monitors/${id}.ts watches as it is, and index.ts beside it lists it: edit what it decides and listens to`,
      'npm run pptpspec -- prove   # keeps silent on the reference, notices its mutants',
      'npm run docs',
      'npm run test:unit',
    ],
  }
}

const IMPORT = /^import \w+ from '\.\/([\w-]+)\.ts'$/
const END = ']'

/**
 * The list of all monitors with one more, the last to be asked.
 * @throws UsageError when the text is not the list that it was.
 */
function withMonitor(text: string, id: string, file: string): string {
  const lines = text.split('\n')
  const variable = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const later = lines.findIndex((line) => (IMPORT.exec(line)?.[1] ?? '') > id)
  const imports = later === -1 ? lines.findLastIndex((line) => IMPORT.test(line)) + 1 : later
  const end = lines.lastIndexOf(END)
  if (imports === 0 || end < imports)
    throw new UsageError(`${file} is no list of monitors`, 'Restore that file of the checkout')
  return [
    ...lines.slice(0, imports),
    `import ${variable} from './${id}.ts'`,
    ...lines.slice(imports, end),
    `  ${variable},`,
    ...lines.slice(end),
  ].join('\n')
}
