import { useEffect, useState } from 'preact/hooks'
import type { LogLine, PageCase } from '../harness/report/page/data.ts'
import type { FoldRow, LadderRow, PlainRow } from '../harness/report/page/ladder.ts'
import { Packet } from './packet.tsx'
import { Badge } from './parts.tsx'
import { caseLink, replaceRoute } from './route.ts'
import { type Observation, observationsIn } from './sentences.ts'

/** The number of rows that are shown at first, and more of them with each press of a button. */
const STEP = 300
/** The most log lines that are shown beside one row before they are asked for. */
const MOST_LINES = 4

interface Shared {
  /** Index of the case. */
  readonly at: number
  /** The row that is open. */
  readonly packet: string | undefined
  readonly one: PageCase
}

/** The conversation of a case: tester and implementation as life lines, each packet an arrow. */
export function Ladder({
  rows,
  log,
  ...shared
}: Shared & { rows: readonly LadderRow[]; log: readonly LogLine[] }) {
  const wanted = rows.findIndex((row) => holds(row, shared.packet))
  const [shown, setShown] = useState(STEP)
  const most = Math.max(shown, wanted + 20)
  const visible = rows.slice(0, most)
  const lines = linesByRow(visible, log, most >= rows.length)
  const absent = observationsIn(
    shared.one.findings.filter(
      ({ verdict, entry }) => verdict !== 'pass' && (entry === undefined || entry === null),
    ),
  )
  const isWide = log.length > 0
  useEffect(() => {
    const id = wanted === -1 ? undefined : shared.packet
    if (id !== undefined) document.getElementById(`packet-${id}`)?.scrollIntoView({ block: 'center' })
  }, [])
  return (
    <div class={`ladder ${isWide ? 'with-log' : ''}`}>
      <div class="heads" aria-hidden="true">
        <span class="time">s</span>
        <span class="ends">
          <span>Tester</span>
          <span>Implementation</span>
        </span>
        {isWide && <span class="log-head">Its log</span>}
      </div>
      {(lines.get(-1) ?? []).length > 0 && (
        <div class="row">
          <span class="time" />
          <div class="lane" />
          <Log lines={lines.get(-1) ?? []} />
        </div>
      )}
      <ol onKeyDown={move}>
        {visible.map((row, place) => (
          <li key={row.id}>
            {row.kind === 'fold' ? (
              <Fold row={row} lines={lines.get(place) ?? []} {...shared} />
            ) : (
              <Row row={row} lines={lines.get(place) ?? []} {...shared} />
            )}
          </li>
        ))}
      </ol>
      {most < rows.length && (
        <button type="button" onClick={() => setShown(most + STEP)}>
          Show {Math.min(STEP, rows.length - most)} of {rows.length - most} more rows
        </button>
      )}
      {absent.map((finding) => (
        <Mark key={JSON.stringify(finding)} finding={finding} decided={shared.one.verdict} />
      ))}
    </div>
  )
}

function holds(row: LadderRow, packet: string | undefined): boolean {
  return row.kind === 'fold' ? row.rows.some(({ id }) => id === packet) : row.id === packet
}

/** Puts each log line beside the last row that is not later; -1: before the first row. */
function linesByRow(
  rows: readonly LadderRow[],
  log: readonly LogLine[],
  isWhole: boolean,
): ReadonlyMap<number, readonly LogLine[]> {
  const found = new Map<number, LogLine[]>()
  const last = rows.at(-1)
  let row = -1
  for (const line of log) {
    const time = line.at ?? undefined
    if (!isWhole && time !== undefined && last !== undefined && time > last.at) break
    while (time !== undefined && row + 1 < rows.length && (rows[row + 1]?.at ?? 0) <= time) row++
    found.set(row, [...(found.get(row) ?? []), line])
  }
  return found
}

/** Moves the focus between arrows with the keys for up and down. */
function move(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('button.arrow')]
  const at = all.indexOf(document.activeElement as HTMLElement)
  if (step === 0 || at === -1) return
  event.preventDefault()
  all[at + step]?.focus()
}

function Fold({ row, lines, ...shared }: Shared & { row: FoldRow; lines: readonly LogLine[] }) {
  const [isOpen, setOpen] = useState(holds(row, shared.packet))
  const last = row.rows.at(-1)
  return (
    <>
      <div class="row fold">
        <time class="time">{seconds(row.at)}</time>
        <div class="lane">
          <button type="button" class="arrow" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <span class="label">
              <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {row.label}
            </span>
            <span class="detail">until {seconds(last?.at ?? row.at)} s</span>
          </button>
        </div>
        <Log lines={lines} />
      </div>
      {isOpen && (
        <ol class="folded">
          {row.rows.map((one) => (
            <li key={one.id}>
              <Row row={one} lines={[]} {...shared} />
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

function Row({ row, lines, ...shared }: Shared & { row: PlainRow; lines: readonly LogLine[] }) {
  const marks = observationsIn(row.findings)
  const own = marks.filter(({ monitor }) => !monitor)
  const [gravest] = own
  const tone = gravest?.verdict ?? (marks.length > 0 ? 'watched' : '')
  const isOpen = row.kind === 'packet' && shared.packet === row.id
  return (
    <>
      <div
        class={`row ${row.kind} ${tone} ${shared.packet === row.id ? 'wanted' : ''}`}
        id={`packet-${row.id}`}
      >
        <time class="time">{seconds(row.at)}</time>
        <div class="lane">
          <Lane row={row} at={shared.at} isOpen={isOpen} />
          {marks.map((finding) => (
            <Mark key={JSON.stringify(finding)} finding={finding} decided={shared.one.verdict} />
          ))}
        </div>
        <Log lines={lines} />
      </div>
      {isOpen && <Packet row={row} />}
    </>
  )
}

/** What lies between the life lines: an arrow that opens, an event of TCP, or a remark. */
function Lane({ row, at, isOpen }: { row: PlainRow; at: number; isOpen: boolean }) {
  if (row.kind === 'remark') return <p class="remark">{row.text}</p>
  const way = row.from === 'tester' ? 'from the tester' : 'from the implementation'
  if (row.kind === 'tcp')
    return (
      <div class={`tcp-event ${row.from} ${row.event}`}>
        <span class="label">
          {row.label} <span class="hidden">{way}</span>
        </span>
        <span class="line" aria-hidden="true" />
      </div>
    )
  const toggle = () => replaceRoute(caseLink(at, isOpen ? undefined : row.id))
  return (
    <button
      type="button"
      class={`arrow ${row.from} ${row.layer} ${row.only ?? ''}`}
      aria-expanded={isOpen}
      aria-controls={isOpen ? `fields-${row.id}` : undefined}
      onClick={toggle}
    >
      <span class="label">
        <b>{row.label}</b> <span class="hidden">{way}</span>
        {row.only === 'sent' && <span class="quiet"> does not arrive now</span>}
        {row.only === 'received' && <span class="quiet"> left earlier</span>}
      </span>
      <span class="line" aria-hidden="true" />
      {row.detail !== '' && <span class="detail">{row.detail}</span>}
      {row.oddities.map((text) => (
        <span class="oddity" key={text}>
          <span aria-hidden="true">▲</span> {text}
        </span>
      ))}
    </button>
  )
}

/**
 * What was found about a packet.
 * @param decided the verdict of the case.
 */
function Mark({ finding, decided }: { finding: Observation; decided: string }) {
  const { verdict, requirements, expected, seen, monitor } = finding
  const word = monitor ? 'a monitor finds' : verdict === decided ? 'decides the verdict' : verdict
  return (
    <p class={`mark ${verdict}`}>
      <Badge verdict={verdict}>{word}</Badge> expected {expected}; seen {seen}{' '}
      <code>({requirements.join(', ')})</code>
    </p>
  )
}

function Log({ lines }: { lines: readonly LogLine[] }) {
  const [isOpen, setOpen] = useState(false)
  if (lines.length === 0) return null
  const shown = isOpen ? lines : lines.slice(0, MOST_LINES)
  return (
    <div class="log">
      {shown.map(({ at, text }, place) => (
        <div class="log-line" key={`${place} ${text}`}>
          {at !== undefined && at !== null && <time>{seconds(at)}</time>} {text}
        </div>
      ))}
      {shown.length < lines.length && (
        <button type="button" class="small" onClick={() => setOpen(true)}>
          {lines.length - shown.length} more {lines.length - shown.length === 1 ? 'line' : 'lines'}
        </button>
      )}
    </div>
  )
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
