import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { VOCABULARY } from '../cli/vocabulary.ts'
import { listImplementations } from '../implementations/manifest.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { readBaseline } from '../runner/baseline.ts'
import { implementationPage, pageName } from './implementation-page.ts'

/** The reference takes part in interoperability runs only. */
const IMPLEMENTATIONS = listImplementations()
  .map(({ manifest }) => manifest)
  .filter(({ name }) => name !== 'reference')

describe.each(IMPLEMENTATIONS)('$name', ({ name, title }) => {
  const baseline = readBaseline(join(packageRoot(), 'results', 'baselines', `${name}.yaml`), VOCABULARY)

  test('has a baseline whose causes all have a name and a reason', () => {
    expect(baseline).toBeDefined()
    for (const { title: what, reason, owner, effect } of baseline?.causes ?? []) {
      expect(`${what} ${reason} ${effect} ${owner}`).not.toMatch(/UNNAMED|UNEXPLAINED|unknown owner/)
      expect(what).not.toMatch(/\.$/)
    }
  })

  test('has a page that is up to date: npm run docs', () => {
    if (baseline === undefined) throw new Error('there is no baseline')
    const file = join(packageRoot(), 'docs', 'implementations', pageName(baseline))
    expect(readFileSync(file, 'utf8')).toBe(implementationPage(baseline, title, REQUIREMENTS))
  })
})

test('a page lists each cause once, the worst first, with the requirements that it breaks', () => {
  const page = implementationPage(
    {
      format: 2,
      implementation: 'x',
      causes: [
        {
          id: 'mild',
          title: 'x is | mild',
          owner: 'x',
          effect: 'Nothing.',
          reason: 'r',
          cases: [{ case: 'echo/*', inconclusive: true }],
          monitors: [],
        },
        {
          id: 'bad',
          title: 'x is bad',
          owner: 'y',
          effect: 'Much.',
          reason: 'a  b',
          cases: [],
          monitors: [{ monitor: 'm', fail: ['2.6/identifier'] }],
        },
      ],
    },
    'X 1.0',
    REQUIREMENTS,
  )
  expect(page.indexOf('## x is bad')).toBeLessThan(page.indexOf('## x is | mild'))
  expect(page).toContain('[x is \\| mild](#mild)')
  expect(page).toContain('RFC 2637 section 2.6')
  expect(page).toContain('Why: a b')
})
