import { availableParallelism, cpus, totalmem } from 'node:os'
import { printFailure } from '../harness/cli/failure.ts'
import { exitWith, processIo } from '../harness/cli/process-io.ts'
import { EnvironmentError, messageOf } from '../harness/errors/errors.ts'
import type { Bench, BenchOptions, Measured } from './bench.ts'
import { BENCHES } from './benches.ts'
import { writeCostPage } from './cost-page.ts'
import type { BenchRecord } from './record.ts'
import { readRecord, writeRecord } from './record-file.ts'
import { type BenchRequest, readRequest } from './request.ts'
import { recordText } from './table.ts'

const GIB = 1024 ** 3

/** Measures the requested benchmarks, prints the table, and writes the files. */
async function perform({ names, rounds, json, against, page }: BenchRequest): Promise<void> {
  // Read before anything is measured, so that a wrong file is reported at once.
  const earlier = against === undefined ? undefined : readRecord(against)
  const progress = (text: string): void => console.error(`measuring ${text}`)
  const record = emptyRecord()
  for (const bench of BENCHES.filter(({ name }) => names.includes(name))) {
    progress(bench.name)
    const { rows = [], series = [], left = [] } = await measured(bench, { rounds, progress })
    record.rows.push(...rows)
    record.series.push(...series)
    record.left.push(...left)
    // Written after each benchmark, so that its results are kept even if a later one fails.
    if (json !== undefined) writeRecord(json, record)
  }
  console.log(recordText(record, earlier))
  if (page !== undefined) writeCostPage(page, record)
}

/**
 * Measures a benchmark. If the environment does not allow it, it is left out and the others go on.
 */
async function measured(bench: Bench, options: BenchOptions): Promise<Measured> {
  try {
    return await bench.measure(options)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { left: [{ name: bench.name, why: messageOf(error) }] }
  }
}

function emptyRecord(): BenchRecord {
  return {
    format: 1,
    at: new Date().toISOString(),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      processors: availableParallelism(),
      memory: Math.round(totalmem() / GIB),
      node: process.version,
    },
    rows: [],
    series: [],
    left: [],
  }
}

const io = processIo()
try {
  const request = await readRequest(process.argv.slice(2))
  if (request !== undefined) await perform(request)
  exitWith(0)
} catch (error) {
  exitWith(printFailure(error, io))
}
