import type { PageCause, PageImplementation } from '../harness/report/page/data.ts'
import { Badge, Command, Counts } from './parts.tsx'
import { caseLink, listLink } from './route.ts'
import { DATA } from './run.ts'

/** The run as a whole: its result, the causes of each implementation, and the suites. */
export function Overview() {
  const { run, implementations } = DATA
  return (
    <>
      <h1>{implementations.map(({ name }) => name).join(' and ') || 'A run without implementations'}</h1>
      <p class={`overall ${run.exitCode === 0 && !run.isDemonstration ? 'good' : 'bad'}`}>{run.overall}</p>
      {run.reasons.length > 1 && (
        <ul class="reasons">
          {run.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {implementations.map((one, at) => (
        <Implementation key={one.name} one={one} at={at} />
      ))}
      <Suites />
      <RunFacts />
    </>
  )
}

const STATES: Readonly<Record<PageCause['state'], string>> = {
  new: 'new',
  unnamed: 'no baseline',
  known: 'known',
  gone: 'gone',
}

function Implementation({ one, at }: { one: PageImplementation; at: number }) {
  const played = DATA.cases.filter(({ implementation }) => implementation === at)
  return (
    <section aria-labelledby={`implementation-${at}`}>
      <h2 id={`implementation-${at}`}>{one.name}</h2>
      <p class="quiet">
        {one.title}
        {one.versions.length > 0 && ` (${one.versions.join(', ')})`}
      </p>
      <p>
        <a href={listLink('cases', { implementation: one.name })}>{played.length} cases</a>{' '}
        <Counts counts={one.counts} />
        {one.missing > 0 && <strong> {one.missing} without a result</strong>}
      </p>
      {one.diagnoses.map(({ text, remedies }) => (
        <div class="diagnosis" key={text}>
          <p>{text}</p>
          <ul>
            {remedies.map((remedy) => (
              <li key={remedy}>{remedy}</li>
            ))}
          </ul>
        </div>
      ))}
      {one.causes.length === 0 ? (
        <p>No deviation was found.</p>
      ) : (
        <Causes causes={one.causes} name={one.name} />
      )}
      {one.stale.length > 0 && (
        <details>
          <summary>Parts of the baseline that no longer show: {one.stale.length}</summary>
          <ul>
            {one.stale.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Causes({ causes, name }: { causes: readonly PageCause[]; name: string }) {
  return (
    <table class="causes stacked">
      <caption>Deviations of {name}: unexpected ones first, then by gravity</caption>
      <thead>
        <tr>
          <th scope="col">Verdict</th>
          <th scope="col">Cause</th>
          <th scope="col">Owner</th>
          <th scope="col">Effect</th>
          <th scope="col">Shows in</th>
        </tr>
      </thead>
      <tbody>
        {causes.map((cause) => (
          <CauseLine key={`${cause.state} ${cause.id ?? cause.title}`} cause={cause} />
        ))}
      </tbody>
    </table>
  )
}

function CauseLine({ cause }: { cause: PageCause }) {
  const { state, verdict, title, id, owner, effect, reason, requirements, example, cases, monitors } = cause
  return (
    <tr>
      <td>
        <Badge verdict={verdict} />
        {state !== 'known' && <span class={`state ${state}`}>{STATES[state]}</span>}
      </td>
      <th scope="row">
        {example === undefined ? title : <a href={caseLink(example.case, example.entry)}>{title}</a>}
        <details>
          <summary class="quiet">{id ?? 'details'}</summary>
          {reason !== undefined && <p>{reason}</p>}
          {requirements.length > 0 && <p>Requirements: {requirements.join(', ')}</p>}
          {cases.length > 0 && <CaseNames cases={cases} />}
          {monitors.length > 0 && <p>Monitors: {monitors.join(', ')}</p>}
        </details>
      </th>
      <td data-label="Owner">{owner ?? '–'}</td>
      <td data-label="Effect">{effect ?? '–'}</td>
      <td data-label="Shows in" class="number">
        {[counted(cases.length, 'case'), counted(monitors.length, 'monitor')]
          .filter((text) => !text.startsWith('0 '))
          .join(', ') || 'nothing'}
      </td>
    </tr>
  )
}

/** The most cases that a cause lists. */
const MOST_LISTED = 30

function CaseNames({ cases }: { cases: readonly string[] }) {
  const left = cases.length - MOST_LISTED
  return (
    <p>
      Cases: {cases.slice(0, MOST_LISTED).join(', ')}
      {left > 0 && ` and ${left} more`}
    </p>
  )
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function Suites() {
  const { suites, implementations } = DATA
  if (suites.length === 0) return null
  return (
    <section aria-labelledby="suites">
      <h2 id="suites">Suites</h2>
      <div class="wide">
        <table>
          <caption>Results of each suite, by implementation</caption>
          <thead>
            <tr>
              <th scope="col">Suite</th>
              {implementations.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {suites.map(({ topic, counts }) => (
              <tr key={topic}>
                <th scope="row">{topic}</th>
                {counts.map((own, at) => {
                  const name = implementations[at]?.name ?? ''
                  return (
                    <td key={name}>
                      <a class="plain" href={listLink('cases', { implementation: name, suite: topic })}>
                        <Counts counts={own} />
                        <span class="hidden"> cases of {topic}</span>
                      </a>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function RunFacts() {
  const { run } = DATA
  const facts: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Started', run.startedAt],
    ['Finished', run.finishedAt],
    ['Harness', `pptpspec ${run.harness}`],
    ['Clock', run.clock],
    ['Seed', run.seed],
    ['Exit code', run.exitCode === undefined ? 'none' : String(run.exitCode)],
  ]
  return (
    <section aria-labelledby="run-facts">
      <h2 id="run-facts">This run</h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {run.command !== '' && <Command text={run.command} label="the command of this run" />}
      {run.notices.length > 0 && (
        <details>
          <summary>Notices: {run.notices.length}</summary>
          <ul>
            {run.notices.map((text, at) => (
              <li key={`${at} ${text}`}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
