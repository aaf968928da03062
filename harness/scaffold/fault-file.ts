import { join } from 'node:path'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { UsageError } from '../errors/errors.ts'
import { MUTANT_NAMES } from '../reference/mutants.ts'
import { offerLines, requireRequirement } from './offer.ts'
import {
  isKebab,
  readSource,
  requireCheckout,
  type Scaffold,
  type ScaffoldRequest,
  type SeamName,
  type WorkingPlace,
} from './scaffold.ts'

/** The example fault of one seam, complete: `prove` kills it unedited. */
interface Sample {
  /** Import lines that the fault needs besides the import of `Fault`. */
  readonly imports: readonly string[]
  /** Lines of source: the fault's fields. */
  readonly fields: readonly string[]
}

const SAMPLES: Readonly<Record<SeamName, Sample>> = {
  arc: {
    imports: ["import { controlArcs } from './arcs.ts'"],
    fields: [
      "title: 'Ignores a second start request',",
      "section: '2.2',",
      "breaks: ['3.1.2/start-when-established'],",
      '// Without `action` and `to`, the table has no such arc: the input is ignored.',
      "instead: controlArcs({ from: 'established', input: ['start-request', 'start-request-older-version'] }),",
    ],
  },
  setting: {
    imports: [],
    fields: [
      "title: 'Never sends an Echo-Request',",
      "section: '3.1.4',",
      "breaks: ['3.1.4/keep-alive-sent'],",
      "consequences: ['3.1.2/local-termination-stops'],",
      'instead: {',
      "  left: (usual, { name }) => (name === 'silence' && usual === 0 ? Number.POSITIVE_INFINITY : usual),",
      '},',
    ],
  },
  reading: {
    imports: [],
    fields: [
      "title: 'Drops all messages of a segment after the first',",
      "section: '1.4',",
      "breaks: ['1.4/message-boundaries'],",
      'instead: {',
      '  frame: (usual) => (usual.found.length > 1 ? { ...usual, found: usual.found.slice(0, 1) } : usual),',
      '},',
    ],
  },
  writing: {
    imports: ["import { NO_ECHO } from '../consequences.ts'", "import { patched } from './patch.ts'"],
    fields: [
      "title: 'Sends Echo-Reply with a wrong Identifier',",
      "section: '2.6',",
      "breaks: ['2.6/identifier'],",
      'consequences: NO_ECHO,',
      "instead: patched('Echo-Reply', (m) => ({ identifier: (m.identifier ^ 1) >>> 0 })),",
    ],
  },
  policy: {
    imports: [],
    fields: [
      "title: 'Leaves out every other sequence number',",
      "section: '4.1',",
      "breaks: ['4.1/consecutive'],",
      'instead: { number: (usual) => ({ ...usual, next: (usual.next + 1) >>> 0 }) },',
    ],
  },
}

/** Returns the text of a new fault's file. @param offer comment lines that name requirements. */
function faultText(name: string, seam: SeamName, offer: readonly string[]): string {
  const { imports, fields } = SAMPLES[seam]
  const [shared = [], own = []] = [
    imports.filter((one) => one.includes("'../")),
    imports.filter((one) => one.includes("'./")),
  ]
  return `${[...shared, "import type { Fault } from '../fault.ts'", ...own].join('\n')}

// This example works: scenarios kill it. Replace it by your own fault; remove this comment.
// Title, section, breaks and consequences describe the example: replace all of them.
// CONTRIBUTING.md says what a fault may do at each seam.
${offer.map((line) => `${line}\n`).join('')}export const ${constantOf(name)} = {
  '${name}': {
${fields.map((line) => `    ${line}`).join('\n')}
  },
} satisfies Record<string, Fault>
`
}

/** Returns the constant of a fault's name: `ECHO_SWAPPED` for `echo-swapped`. */
function constantOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}

/**
 * Returns the files of a new fault of the reference: its own, and the list of faults with it added.
 * @throws UsageError when the name is malformed or taken, or nothing can decide the requirement.
 */
export function faultScaffold(
  { name, requirement, seam = 'writing' }: ScaffoldRequest,
  place: WorkingPlace,
): Scaffold {
  const folder = join(requireCheckout(place), 'harness', 'reference')
  if (!isKebab(name))
    throw new UsageError(
      `the name of a fault is lower-case words joined by hyphens, not "${name}"`,
      'For example pptpspec new fault echo-swapped',
    )
  if ((MUTANT_NAMES as readonly string[]).includes(name))
    throw new UsageError(`a fault ${name} exists already`, 'Give the new fault another name')
  if (requirement !== undefined) requireRequirement(requirement)
  const offer = offerLines(name, {
    wanted: requirement,
    field: 'breaks',
    takes: ({ decided }) => decided.by !== 'unobservable',
    deciders: [...SCENARIOS, ...MONITORS],
  })
  const path = join(folder, 'faults', seam, `${name}.ts`)
  const list = join(folder, 'mutants.ts')
  return {
    absent: [path],
    files: [
      { path, text: faultText(name, seam, offer) },
      { path: list, text: withFault(readSource(list), { name, seam }, list) },
    ],
    next: [
      `harness/reference/faults/${seam}/${name}.ts holds a working example: edit what it does and what it breaks`,
      `npm run pptpspec -- prove --mutant ${name} --matrix   # which scenarios and monitors kill it, by which requirement`,
      'npx vitest run harness/reference/mutants.test.ts   # if it fails, add a play to harness/reference/testing/plays.ts',
      'npm run docs && npm run format && npm run check && npm run test:unit',
    ],
  }
}

const IMPORT = /^import .* from '\.\/(faults\/.*)\.ts'$/
const END = '} satisfies Record<string, Fault>'

/**
 * Returns the source of the list of faults with one fault added.
 * @throws UsageError when the text does not look like that list.
 */
function withFault(
  text: string,
  { name, seam }: { readonly name: string; readonly seam: SeamName },
  file: string,
): string {
  const lines = text.split('\n')
  const path = `faults/${seam}/${name}`
  const later = lines.findIndex((line) => (IMPORT.exec(line)?.[1] ?? '') > path)
  const imports = later === -1 ? lines.findLastIndex((line) => IMPORT.test(line)) + 1 : later
  const end = lines.indexOf(END)
  if (imports === 0 || end < imports)
    throw new UsageError(`${file} does not look like the list of faults`, 'Restore that file of the checkout')
  const constant = constantOf(name)
  return [
    ...lines.slice(0, imports),
    `import { ${constant} } from './${path}.ts'`,
    ...lines.slice(imports, end),
    `  ...${constant},`,
    ...lines.slice(end),
  ].join('\n')
}
