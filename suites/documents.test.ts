import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { CATALOGUE_PARTS, REQUIREMENTS } from './catalogue.ts'
import { interpretationsDocument, requirementsDocument, undecided } from './documents.ts'
import { SCENARIOS } from './index.ts'
import { INTERPRETATIONS } from './interpretations.ts'
import { MONITORS } from './monitors/index.ts'
import type { CatalogueEntry } from './requirements/entry.ts'

const DECIDERS = { scenarios: SCENARIOS, monitors: MONITORS }
const ENTRIES = Object.entries<CatalogueEntry>(REQUIREMENTS)

describe('the catalogue', () => {
  test('no id is in two of its parts', () => {
    expect(ENTRIES.length).toBe(CATALOGUE_PARTS.reduce((sum, part) => sum + Object.keys(part).length, 0))
  })

  test('an id is its document unless that is RFC 2637, its section, and a name in kebab case', () => {
    for (const [id, { document, section }] of ENTRIES) {
      const place = `${document === undefined ? '' : `${document.toLowerCase().replace(' ', '')}-`}${section}/`
      expect(id.startsWith(place), id).toBe(true)
      expect(id.slice(place.length), id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    }
  })

  test('pages go up with sections', () => {
    for (const document of new Set(ENTRIES.map(([, one]) => one.document))) {
      const first = new Map<string, number>()
      for (const [, { section, page }] of ENTRIES.filter(([, one]) => one.document === document))
        first.set(section, Math.min(page, first.get(section) ?? page))
      const order = [...first].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      const pages = order.map(([, page]) => page)
      expect(pages, document).toEqual([...pages].sort((a, b) => a - b))
    }
  })

  test('an observable requirement names implementations, an unobservable one names a reason', () => {
    for (const [id, { decided, iut, text }] of ENTRIES) {
      expect(iut.length === 0, id).toBe(decided.by === 'unobservable')
      if (decided.by === 'unobservable') expect(decided.reason, id).toMatch(/\.$/)
      expect(text, id).toMatch(/\.$/)
    }
  })

  test('a permission is never judged: it cannot be broken', () => {
    for (const [id, { level, decided }] of ENTRIES)
      if (level === 'MAY') expect(decided.by, id).toBe('unobservable')
  })

  test('no two requirements of a section have the same text', () => {
    const texts = ENTRIES.map(([, { document, section, text }]) => `${document} ${section} ${text}`)
    expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([])
  })

  test('monitors decide no unobservable requirement', () => {
    const unobservable = ENTRIES.filter(([, one]) => one.decided.by === 'unobservable').map(([id]) => id)
    expect(MONITORS.flatMap(({ decides }) => decides).filter((id) => unobservable.includes(id))).toEqual([])
  })

  test('scenarios decide only requirements of their kind of implementation', () => {
    for (const { id, iut, decides } of SCENARIOS)
      for (const requirement of decides)
        expect(
          ENTRIES.find(([one]) => one === requirement)?.[1].iut,
          `${id} decides ${requirement}`,
        ).toContain(iut)
  })

  test('undecided requirements are observable ones that nothing decides', () => {
    expect(undecided('recipient', DECIDERS)).not.toContain('2.5/reply-to-each')
    expect(undecided('recipient', { scenarios: [], monitors: [] })).toContain('2.5/reply-to-each')
    expect(undecided('recipient', { scenarios: [], monitors: [] })).not.toContain('3/closing-logged')
    expect(undecided('recipient', { scenarios: [], monitors: [] })).not.toContain('3.1.1/start-when-open')
  })
})

test('the register is numbered without a gap', () => {
  for (const letter of ['A', 'P']) {
    const own = Object.keys(INTERPRETATIONS).filter((id) => id.startsWith(letter))
    expect(own).toEqual(own.map((_, at) => `${letter}-${String(at + 1).padStart(2, '0')}`))
  }
})

test('every reading that scenarios and monitors name is in the register', () => {
  const readings = [...SCENARIOS, ...MONITORS].flatMap((one) => one.readings)
  expect(readings.filter((id) => !(id in INTERPRETATIONS))).toEqual([])
})

describe('generated documents are up to date; if not: npm run docs', () => {
  test.each([
    ['docs/interpretations.md', interpretationsDocument],
    ['docs/requirements.md', requirementsDocument],
  ] as const)('%s', async (path, generate) => {
    expect(await readFile(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(generate(DECIDERS))
  })
})
