import { describe, expect, test } from 'vitest'
import {
  implementationsText,
  type ListedScenario,
  mutantsText,
  requirementsText,
  scenariosText,
} from './list-text.ts'

const SCENARIO: ListedScenario = {
  id: 'made-up/echo',
  purpose: 'An echo is answered.',
  decides: ['1/a', '1/b'],
  iut: 'recipient',
  needs: [],
  valuesNeed: {},
  tags: [],
  cases: ['made-up/echo'],
}

describe('a list of scenarios', () => {
  test('has only the role of a scenario without conditions', () => {
    expect(scenariosText([SCENARIO])).toBe(
      [
        'made-up/echo (1 case)',
        '    An echo is answered.',
        '    recipient',
        '    decides 1/a, 1/b',
        '',
        '1 scenario, 1 case',
        '',
      ].join('\n'),
    )
  })

  test('names each condition once, and counts the cases of all', () => {
    const text = scenariosText([
      SCENARIO,
      {
        ...SCENARIO,
        needs: ['mppe-128'],
        valuesNeed: { a: { x: ['mppe-40'], y: ['mppe-40'] } },
        profile: 'encrypted',
        tags: ['timed'],
        timer: { wait: 70_000 },
        cases: ['made-up/echo#a=x', 'made-up/echo#a=y'],
      },
    ])
    expect(text).toContain(
      '\n    recipient; needs mppe-128; some cases need mppe-40; profile encrypted; tags timed; waits up to\n      70 s\n',
    )
    expect(text).toMatch(/\n\n2 scenarios, 3 cases\n$/)
  })
})

test('a requirement that no scenario decides says so, and so does a mutant that none names', () => {
  const requirement = {
    id: '2.6/x',
    level: 'MUST',
    document: 'RFC 2637',
    section: '2.6',
    page: 18,
    text: 'Copied.',
  } as const
  expect(requirementsText([{ ...requirement, decidedBy: [] }])).toBe(
    '2.6/x (MUST, RFC 2637 section 2.6, page 18)\n    Copied.\n    no scenario decides it\n\n1 requirement\n',
  )
  expect(requirementsText([{ ...requirement, decidedBy: ['a', 'b'] }])).toContain('\n    decided by a, b\n')
  const mutant = { name: 'rude', title: 'Is rude', section: '2.6', breaks: ['2.6/x'] }
  expect(mutantsText([{ ...mutant, caughtBy: [] }])).toBe(
    'rude (section 2.6)\n    Is rude\n    breaks 2.6/x\n    no scenario names it\n\n1 mutant\n',
  )
  expect(mutantsText([{ ...mutant, caughtBy: ['a'] }])).toContain('\n    to be caught by a\n')
})

test('the table of implementations marks the defaults', () => {
  const items = [
    { name: 'pptpd', title: 'A server', kind: 'container' },
    { name: 'reference', title: 'Ours', kind: 'embedded' },
  ] as const
  expect(implementationsText(items, ['pptpd'])).toBe(
    'pptpd      container  A server (default)\nreference  embedded   Ours\n',
  )
})
