/**
 * What lies in a results directory, beside a folder of captures and traces for each implementation.
 */

/** The events of the run, one JSON object a line. Whatever holds this is a results directory. */
export const EVENTS_FILE = 'events.ndjson'

/**
 * In the folder of an implementation: what passed, compressed, one JSON object a line. See
 * `trace/archive`.
 */
export const PASSED_FILE = 'passed.ndjson.gz'

/** The reports, made from the events. */
export const REPORT_FILES = { junit: 'junit.xml', summary: 'summary.md', results: 'results.json' } as const

/**
 * How long cases took: beside the runs, or in a directory that was named, where it outlives the run
 * that is there.
 */
export const DURATIONS_FILE = 'durations.json'
