import { join } from 'node:path'
import { REQUIREMENTS } from '../../../suites/catalogue.ts'
import { INTERPRETATIONS } from '../../../suites/interpretations.ts'
import { REPORT_FILES } from '../../runner/result-files.ts'
import { writeDocument } from '../document-file.ts'
import type { RunTally } from '../tally.ts'
import { numberedResults, pageData } from './overview.ts'
import { pageHtml } from './page.ts'
import { pageProgram } from './program.ts'
import { packTraces } from './traces.ts'

/**
 * Writes the page of a run into its results directory, with the traces that it kept there.
 * @throws EnvironmentError when the file cannot be written.
 */
export function writePage(run: RunTally, directory: string): void {
  const { places, packed } = packTraces(numberedResults(run), directory)
  const data = pageData(run, places, { requirements: REQUIREMENTS, interpretations: INTERPRETATIONS })
  writeDocument(join(directory, REPORT_FILES.page), pageHtml(data, packed, pageProgram()))
}
