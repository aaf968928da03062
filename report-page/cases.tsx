import { useState } from 'preact/hooks'
import type { PageCase } from '../harness/report/page/data.ts'
import { Badge, Choice, duration, GRAVEST_FIRST, hasWords, Search } from './parts.tsx'
import { caseLink, type Filter, listLink, replaceRoute } from './route.ts'
import { DATA, implementationOf } from './run.ts'

/** The number of cases that are shown at first, and more of them with each press of a button. */
const STEP = 200

/** All cases of the run, the gravest first, filtered. */
export function CasesView({ filter }: { filter: Filter }) {
  const [shown, setShown] = useState(STEP)
  const { implementation = '', suite = '', verdict = '', text = '' } = filter
  const set = (name: string) => (value: string) =>
    replaceRoute(listLink('cases', { ...filter, [name]: value }))
  const found = DATA.cases
    .map((one, at) => ({ one, at }))
    .filter(
      ({ one }) =>
        (implementation === '' || implementationOf(one).name === implementation) &&
        (suite === '' || one.topic === suite) &&
        (verdict === '' || (verdict === UNEXPECTED ? one.isUnexpected : one.verdict === verdict)) &&
        (text === '' || hasWords(textsOf(one), text)),
    )
    .sort((a, b) => rank(a.one) - rank(b.one))
  return (
    <>
      <h1>Cases</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice
          label="Implementation"
          value={implementation}
          values={DATA.implementations.map(({ name }) => name)}
          onChange={set('implementation')}
        />
        <Choice
          label="Suite"
          value={suite}
          values={DATA.suites.map(({ topic }) => topic)}
          onChange={set('suite')}
        />
        <Choice
          label="Verdict"
          value={verdict}
          values={[UNEXPECTED, ...GRAVEST_FIRST]}
          onChange={set('verdict')}
        />
        <Search value={text} onChange={set('text')} />
      </form>
      <p role="status">
        {found.length} of {DATA.cases.length} cases
      </p>
      <ul class="cases">
        {found.slice(0, shown).map(({ one, at }) => (
          <li key={at}>
            <Badge verdict={one.verdict} />
            <div>
              <a href={caseLink(at)}>{one.id}</a>
              {one.round !== undefined && ` round ${one.round}`}
              {one.isUnexpected && <span class="state new">unexpected</span>}
              <div class="quiet">
                {implementationOf(one).name}, {duration(one.duration)}. {one.purpose}
              </div>
            </div>
          </li>
        ))}
      </ul>
      {found.length > shown && (
        <button type="button" onClick={() => setShown(shown + STEP)}>
          Show {Math.min(STEP, found.length - shown)} more
        </button>
      )}
    </>
  )
}

/** The choice of all results that the baseline does not explain. */
const UNEXPECTED = 'unexpected'

function rank({ isUnexpected, verdict }: PageCase): number {
  return (isUnexpected ? 0 : 10) + GRAVEST_FIRST.indexOf(verdict)
}

function textsOf({ id, purpose, reason = '', findings }: PageCase): readonly string[] {
  return [id, purpose, reason, ...findings.flatMap(({ requirement, seen }) => [requirement, seen])]
}
