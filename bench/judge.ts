import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { type ProcessCost, runPptpspec, runProcess } from './child.ts'
import { writeConversation } from './conversation.ts'
import type { Row } from './record.ts'
import { inTemporaryFolder } from './temporary.ts'

const PACKETS = 100_000
/** The fields that tshark writes for each packet: those that our decoder reads. */
const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'pptp.type',
  'gre.flags_and_version',
  'gre.key.payload_length',
  'gre.key.call_id',
  'gre.sequence_number',
  'gre.ack_number',
]

/** Compares whole processes, including their start: `judge` decodes and judges, tshark decodes. */
export const judge: Bench = {
  name: 'judge',
  about: `judging a capture of ${PACKETS.toLocaleString('en')} packets, against tshark -T fields on the same file: time and memory`,
  async measure({ rounds }) {
    if (spawnSync('tshark', ['--version']).status !== 0)
      return { left: [{ name: 'judge', why: 'tshark is not installed' }] }
    return inTemporaryFolder(async (folder) => {
      const file = join(folder, 'conversation.pcap')
      writeConversation(file, PACKETS)
      const fields = FIELDS.flatMap((field) => ['-e', field])
      const ours: ProcessCost[] = []
      const theirs: ProcessCost[] = []
      for (let round = 0; round < rounds; round++) {
        ours.push(await runPptpspec(['judge', file]))
        theirs.push(await runProcess('tshark', ['-r', file, '-T', 'fields', ...fields]))
      }
      return { rows: rowsOf(ours, theirs) }
    })
  },
}

function rowsOf(ours: readonly ProcessCost[], theirs: readonly ProcessCost[]): readonly Row[] {
  const common = { subject: 'judge', yardstick: 'tshark -T fields' }
  const each = ({ seconds }: ProcessCost): number => (seconds * 1e6) / PACKETS
  const peak = ({ memory }: ProcessCost): number => memory
  return [
    {
      name: 'judge/time',
      ...common,
      unit: 'us a packet',
      ours: ours.map(each),
      theirs: theirs.map(each),
    },
    { name: 'judge/memory', ...common, unit: 'MiB', ours: ours.map(peak), theirs: theirs.map(peak) },
  ]
}
