import { useEffect, useState } from 'preact/hooks'
import type { LogLine, PageCase } from '../harness/report/page/data.ts'
import { folded, type LadderRow, ladderRows, readPageTrace } from '../harness/report/page/ladder.ts'
import { Ladder } from './ladder.tsx'
import { Badge, Command, duration } from './parts.tsx'
import { caseLink, listLink } from './route.ts'
import { DATA, implementationOf, traceOf } from './run.ts'
import { type Observation, observationsIn } from './sentences.ts'

/** One case: what it is about, what was found, its conversation, and how to play it again. */
export function CaseView({ at, packet }: { at: number; packet: string | undefined }) {
  const one = DATA.cases[at]
  if (one === undefined) return null
  const { id, round, verdict, isUnexpected, purpose, reason, findings, comparison, figures } = one
  const broken = findings.filter((finding) => finding.verdict !== 'pass')
  const kept = findings.filter((finding) => finding.verdict === 'pass')
  return (
    <>
      <p class="quiet">
        <a href={listLink('cases', { implementation: implementationOf(one).name })}>
          {implementationOf(one).name}
        </a>
        {' › '}
        <a href={listLink('cases', { implementation: implementationOf(one).name, suite: one.topic })}>
          {one.topic}
        </a>
      </p>
      <h1 class="case-id">
        {id}
        {round !== undefined && ` (round ${round})`}
      </h1>
      <p>
        <Badge verdict={verdict} />
        {isUnexpected && <span class="state new">unexpected</span>}{' '}
        <span class="quiet">
          {duration(one.duration)}; baseline: {comparison}
        </span>
      </p>
      <p class="purpose">{purpose}</p>
      {reason !== undefined && reason !== null && <p class="reason">Reason: {reason}</p>}
      {one.impairment && <p>Impairment: {one.impairment}</p>}
      {broken.length > 0 && (
        <section aria-labelledby="findings">
          <h2 id="findings">Findings</h2>
          {observationsIn(broken).map((finding) => (
            <Finding key={JSON.stringify(finding)} finding={finding} at={at} />
          ))}
        </section>
      )}
      {kept.length > 0 && (
        <details>
          <summary>
            Requirements that it keeps here: {new Set(kept.map(({ requirement }) => requirement)).size}
          </summary>
          {observationsIn(kept).map((finding) => (
            <Finding key={JSON.stringify(finding)} finding={finding} at={at} />
          ))}
        </details>
      )}
      {figures.length > 0 && (
        <ul>
          {figures.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <section aria-labelledby="again">
        <h2 id="again">Play it again</h2>
        <Command text={one.command} label="the command that plays this case" />
        <p class="quiet">
          In a checkout: <code>npm run pptpspec --</code> in place of <code>pptpspec</code>.
        </p>
        <Files one={one} />
      </section>
      <section aria-labelledby="messages">
        <h2 id="messages">Messages</h2>
        <Conversation one={one} at={at} packet={packet} />
      </section>
    </>
  )
}

function Finding({ finding, at }: { finding: Observation; at: number }) {
  const { requirements, verdict, expected, seen, entry, readings, monitor } = finding
  const known = requirements.map((id) => ({ id, one: DATA.requirements.find((some) => some.id === id) }))
  const named = new Set([...readings, ...known.flatMap(({ one }) => (one?.reading ? [one.reading] : []))])
  return (
    <article class={`finding ${verdict}`}>
      <p>
        <Badge verdict={verdict} /> Expected {expected}; seen {seen}.{' '}
        {entry !== undefined && entry !== null && <a href={caseLink(at, entry)}>Packet {entry}</a>}
      </p>
      {known.map(({ id, one }) => (
        <p class="quiet" key={id}>
          <code>{id}</code>
          {one !== undefined && ` ${one.document} section ${one.section}, ${one.level}: ${one.text}`}
        </p>
      ))}
      {monitor && (
        <p class="quiet">
          The monitor {monitor} found it. Monitors watch all cases; the verdict of a case does not depend on
          them.
        </p>
      )}
      {[...named].map((id) => (
        <Reading key={id} id={id} />
      ))}
    </article>
  )
}

function Reading({ id }: { id: string }) {
  const reading = DATA.readings[id]
  if (reading === undefined) return <p class="quiet">It relies on the reading {id}.</p>
  return (
    <details>
      <summary>
        Reading {id}: {reading.title}
      </summary>
      <p>{reading.taken}</p>
      <p class="quiet">Why: {reading.why}</p>
    </details>
  )
}

function Files({ one: { files } }: { one: PageCase }) {
  const link = (file: string | undefined, text: string) =>
    file === undefined ? null : (
      <li>
        <a href={file.split('/').map(encodeURIComponent).join('/')}>{text}</a>
      </li>
    )
  if (files.pcapng === undefined && files.log === undefined) return null
  return (
    <ul class="files">
      {link(files.pcapng, 'Capture for Wireshark (pcapng)')}
      {link(files.log, 'Log of the implementation')}
    </ul>
  )
}

interface Loaded {
  readonly rows: readonly LadderRow[]
  readonly log: readonly LogLine[]
}

function Conversation({ one, at, packet }: { one: PageCase; at: number; packet: string | undefined }) {
  const [state, setState] = useState<Loaded | string>('Reading the trace …')
  useEffect(() => {
    if (one.trace !== 'embedded') return
    traceOf(at)
      .then((trace) =>
        setState({ rows: folded(ladderRows(readPageTrace(trace), one.findings)), log: trace.log }),
      )
      .catch((error: unknown) => setState(`The trace in this page cannot be read: ${error}`))
  }, [at])
  if (one.trace !== 'embedded') return <NoTrace one={one} />
  if (typeof state === 'string') return <p role="status">{state}</p>
  return <Ladder at={at} packet={packet} {...state} one={one} />
}

const WHY: Readonly<Record<PageCase['trace'], string>> = {
  embedded: '',
  kept: 'This case went as expected, so its trace is not part of this page. The results directory holds it; this command shows it:',
  'left-out':
    'The traces of this run are larger than a page should be. The results directory holds this one; this command shows it:',
  unreadable: 'The file of its trace was not there, or was damaged, when this page was made.',
  none: 'It was not played, or its trace was not kept.',
}

function NoTrace({ one }: { one: PageCase }) {
  const isThere = one.trace === 'kept' || one.trace === 'left-out'
  return (
    <>
      <p>{WHY[one.trace]}</p>
      {isThere && (
        <>
          <Command text={one.show} label="the command that shows the trace" />
          <p class="quiet">
            DIRECTORY is the directory of this page. A run with <code>--keep all</code> puts all traces into
            the page.
          </p>
        </>
      )}
    </>
  )
}
