import pc from 'picocolors'
import { printable } from '../protocol/octets.ts'
import { columns, counted } from './columns.ts'
import type { CaseDifference, CauseDifference, Difference } from './difference.ts'
import { label } from './paint.ts'

/** Wide enough for `? INCONCLUSIVE`. */
const LABEL = 14

/** Formats the differences between two sides, causes first. */
export function differenceText(
  one: Difference & { readonly left: string; readonly right: string },
  colour: boolean,
): string {
  const paint = pc.createColors(colour)
  const of = (kind: CauseDifference['kind'], title: string) => {
    const some = one.causes.filter((cause) => cause.kind === kind)
    if (some.length === 0) return []
    return [
      '',
      `${title} (${some.length})`,
      ...some.map(({ id, title: what, verdict, changes, case: example }) => {
        const more = changes.length === 0 ? what : changes.join('; ')
        const where = example === undefined ? '' : paint.dim(` (${printable(example, 300)})`)
        return `${label(verdict, paint, LABEL)} ${paint.bold(printable(id, 100))}  ${printable(more, 500)}${where}`
      }),
    ]
  }
  const rows = (title: string, differences: readonly CaseDifference[]) =>
    differences.length === 0
      ? []
      : [
          '',
          title,
          ...columns([
            ['', one.left, one.right],
            ...differences.map(({ id, left, right }) => [printable(id, 300), left, right]),
          ]),
        ]
  const seen = one.cases.flatMap(({ id, leftSeen, rightSeen }) => [
    paint.bold(printable(id, 300)),
    ...(leftSeen === undefined ? [] : [`  ${one.left}: ${printable(leftSeen)}`]),
    ...(rightSeen === undefined ? [] : [`  ${one.right}: ${printable(rightSeen)}`]),
  ])
  const none = one.causes.length + one.cases.length + one.watched.length === 0
  return [
    `${paint.bold(one.left)} and ${paint.bold(one.right)}: ${counted(one.common, 'case')} on both`,
    ...(none ? ['no difference'] : []),
    ...of('gone', `Causes that only ${one.left} shows`),
    ...of('new', `Causes that only ${one.right} shows`),
    ...of('changed', 'Causes that changed'),
    ...listed('Unstable on', one.left, one.unstable.left),
    ...listed('Unstable on', one.right, one.unstable.right),
    ...rows('Cases', one.cases),
    ...(seen.length === 0 ? [] : ['', ...seen]),
    ...rows('Monitors', one.watched),
    ...listed('Played only on', one.left, one.only.left),
    ...listed('Played only on', one.right, one.only.right),
  ].join('\n')
}

/** Lists names under a heading; returns no lines without names. */
export function listed(what: string, where: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return ['', `${what} ${where} (${names.length})`, ...names.map((name) => `  ${printable(name)}`)]
}
