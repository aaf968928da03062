import { useState } from 'preact/hooks'
import type { PageCell, PageRequirement } from '../harness/report/page/data.ts'
import { Badge, Choice, hasWords, Search } from './parts.tsx'
import { caseLink, type Filter, listLink, replaceRoute } from './route.ts'
import { DATA } from './run.ts'

/** Requirements of the RFCs by implementation: a row for each section, which opens to its own. */
export function RequirementsView({ filter }: { filter: Filter }) {
  const { level = '', verdict = '', role = '', text = '' } = filter
  const set = (name: string) => (value: string) =>
    replaceRoute(listLink('requirements', { ...filter, [name]: value }))
  const isFiltered = [level, verdict, role, text].some((value) => value !== '')
  const found = DATA.requirements.filter(
    (one) =>
      (level === '' || one.level === level) &&
      (role === '' || one.roles.includes(role)) &&
      (verdict === '' || one.cells.some((cell) => wordOf(cell) === verdict)) &&
      (text === '' || hasWords([one.id, one.text, `section ${one.section}`, ...one.binds], text)),
  )
  const sections = new Map<string, PageRequirement[]>()
  for (const one of found) {
    const name = `${one.document} ${one.section}`
    const list = sections.get(name)
    if (list === undefined) sections.set(name, [one])
    else list.push(one)
  }
  const inOrder = [...sections].sort(([a], [b]) => placeOf(a) - placeOf(b) || compare(a, b))
  const levels = [...new Set(DATA.requirements.map((one) => one.level))]
  return (
    <>
      <h1>Requirements</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice label="Level" value={level} values={levels} onChange={set('level')} />
        <Choice
          label="Verdict"
          value={verdict}
          values={['fail', 'warn', 'pass', UNDECIDED]}
          onChange={set('verdict')}
        />
        <Choice label="Role" value={role} values={['recipient', 'originator']} onChange={set('role')} />
        <Search value={text} onChange={set('text')} />
      </form>
      <p role="status">
        {found.length} of {DATA.requirements.length} requirements, {sections.size} sections
      </p>
      <div class="wide">
        <table class="matrix stacked">
          <caption>What each implementation keeps, by section of the RFC</caption>
          <thead>
            <tr>
              <th scope="col">Section</th>
              {DATA.implementations.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          {inOrder.map(([name, own]) => (
            <Section key={`${name} ${isFiltered}`} name={name} own={own} isOpenAtFirst={isFiltered} />
          ))}
        </table>
      </div>
    </>
  )
}

/** RFC 2637 comes first, then the documents of PPP. */
function placeOf(section: string): number {
  return section.startsWith('RFC 2637 ') ? 0 : 1
}

/** Compares names by the numbers in them. */
const { compare } = new Intl.Collator('en', { numeric: true })

const UNDECIDED = 'not decided'

function wordOf(cell: PageCell | undefined | null): string {
  return cell?.verdict ?? UNDECIDED
}

function Section({
  name,
  own,
  isOpenAtFirst,
}: {
  name: string
  own: readonly PageRequirement[]
  isOpenAtFirst: boolean
}) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  return (
    <tbody>
      <tr class="section">
        <th scope="row">
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {name}{' '}
            <span class="quiet">({own.length})</span>
          </button>
        </th>
        {DATA.implementations.map(({ name: implementation }, at) => (
          <td key={implementation} data-label={implementation}>
            <Sum cells={own.map(({ cells }) => cells[at])} />
          </td>
        ))}
      </tr>
      {isOpen && own.map((one) => <Requirement key={one.id} one={one} />)}
    </tbody>
  )
}

/** How many requirements of a section have each verdict. */
function Sum({ cells }: { cells: readonly (PageCell | undefined | null)[] }) {
  const count = (verdict: PageCell['verdict']) => cells.filter((cell) => cell?.verdict === verdict).length
  const shown = (['fail', 'warn', 'pass'] as const).filter((verdict) => count(verdict) > 0)
  if (shown.length === 0) return <span class="quiet">{UNDECIDED}</span>
  return (
    <span class="counts">
      {shown.map((verdict) => (
        <Badge key={verdict} verdict={verdict}>
          {count(verdict)} {verdict}
        </Badge>
      ))}
    </span>
  )
}

function Requirement({ one }: { one: PageRequirement }) {
  return (
    <tr class="requirement">
      <th scope="row">
        <div>
          <code>{one.id}</code> <span class="level">{one.level}</span>
        </div>
        <div class="text">{one.text}</div>
        <div class="quiet">
          {one.document} section {one.section}
          {one.page > 0 && `, page ${one.page}`}; binds {one.binds.join(', ') || 'both'}
          {one.reading && `; reading ${one.reading}`}
        </div>
      </th>
      {DATA.implementations.map(({ name }, at) => (
        <td key={name} data-label={name}>
          <Cell cell={one.cells[at]} />
        </td>
      ))}
    </tr>
  )
}

function Cell({ cell }: { cell: PageCell | undefined | null }) {
  if (cell === undefined || cell === null) return <span class="quiet">{UNDECIDED}</span>
  const { verdict, kept, broken, cases } = cell
  return (
    <>
      <Badge verdict={verdict} />
      <div class="quiet">{broken === 0 ? `kept in ${kept}` : `broken in ${broken}, kept in ${kept}`}</div>
      {cases.length > 0 && (
        <details>
          <summary>{cases.length < broken ? `${cases.length} of the cases` : 'the cases'}</summary>
          {cases.map((at) => (
            <a class="case-name" key={at} href={caseLink(at)}>
              {DATA.cases[at]?.id}
            </a>
          ))}
        </details>
      )}
    </>
  )
}
