import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RunEvent } from '../runner/events.ts'
import { REPORT_FILES } from '../runner/result-files.ts'
import { unwritable, writeDocument } from './document-file.ts'
import { junitXml } from './junit.ts'
import { writePage } from './page/write.ts'
import type { NamedReporter, Reporter } from './reporter.ts'
import { resultsJson } from './results.ts'
import { summaryMarkdown } from './summary.ts'
import { createTally, type RunTally, tallyOf } from './tally.ts'

/** Reports that are one document, made when a run is over. */
export const DOCUMENTS = {
  junit: junitXml,
  summary: summaryMarkdown,
  results: resultsJson,
} as const satisfies Record<string, (run: RunTally) => string>

export type DocumentName = keyof typeof DOCUMENTS
export const DOCUMENT_NAMES = Object.keys(DOCUMENTS) as DocumentName[]

/** Creates a reporter that writes a document when the run is over; nothing if it never began. */
export function createDocumentReporter(name: DocumentName, write: (content: string) => void): Reporter {
  const tally = createTally()
  let begun = false
  return {
    handle(event) {
      begun = true
      tally.add(event)
    },
    end() {
      if (begun) write(DOCUMENTS[name](tally.current()))
    },
  }
}

/** Creates the reporters of the reports that every run leaves in its results directory. */
export function documentReporters(directory: string): readonly NamedReporter[] {
  const tally = createTally()
  return [
    ...DOCUMENT_NAMES.map((name) => ({
      name,
      reporter: createDocumentReporter(name, (content) =>
        writeDocument(join(directory, REPORT_FILES[name]), content),
      ),
    })),
    {
      name: 'page',
      reporter: {
        handle: (event) => tally.add(event),
        end() {
          const run = tally.current()
          if (run.started !== undefined) writePage(run, directory)
        },
      },
    },
  ]
}

/** Creates a reporter that writes each event as it comes, one JSON object a line. */
export function createEventsReporter(write: (line: string) => void): Reporter {
  return { handle: (event) => write(`${JSON.stringify(event)}\n`) }
}

/**
 * Opens a file that is written piece by piece. It is opened at once, so that an error is reported
 * before the first play.
 * @throws EnvironmentError when the file cannot be opened.
 */
export function openTextFile(file: string): { write(text: string): void; close(): void } {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const descriptor = openSync(file, 'w')
    return {
      write: (text) => void writeSync(descriptor, text),
      close: () => closeSync(descriptor),
    }
  } catch (error) {
    throw unwritable(file, error)
  }
}

/**
 * Writes every report of a run, and replaces earlier ones.
 * @throws EnvironmentError when the directory cannot be written.
 */
export function writeReports(events: Iterable<RunEvent>, directory: string): void {
  const run = tallyOf(events)
  for (const name of DOCUMENT_NAMES) writeDocument(join(directory, REPORT_FILES[name]), DOCUMENTS[name](run))
  writePage(run, directory)
}
