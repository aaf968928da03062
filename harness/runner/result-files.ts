/**
 * Names of the files in a results directory, beside a folder of captures and traces for each
 * implementation.
 */

/**
 * The events of the run, one JSON object a line. A directory that holds this file is a results
 * directory.
 */
export const EVENTS_FILE = 'events.ndjson'

/**
 * In the folder of an implementation: the cases that passed, compressed, one JSON object a line.
 * See `trace/archive`.
 */
export const PASSED_FILE = 'passed.ndjson.gz'

/** The reports, made from the events. */
export const REPORT_FILES = {
  junit: 'junit.xml',
  summary: 'summary.md',
  results: 'results.json',
  page: 'report.html',
} as const

/**
 * The durations of cases. The file is beside the results directories, or inside the directory of
 * `--output`; the next run does not remove it.
 */
export const DURATIONS_FILE = 'durations.json'
