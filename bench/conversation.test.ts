import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { judgeConversation } from '../harness/report/judgement.ts'
import { readCapture } from '../harness/trace/capture.ts'
import { MONITORS } from '../suites/monitors/index.ts'
import { writeConversation } from './conversation.ts'
import { inTemporaryFolder } from './temporary.ts'

it('writes a conversation of the given number of frames that breaks no requirement', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'conversation.pcap')
    // More frames than are written at once.
    writeConversation(file, 20_000)
    const { conversations, frames, notes } = readCapture(readFileSync(file))
    expect({ frames, notes }).toEqual({ frames: 20_000, notes: [] })
    expect(conversations).toHaveLength(1)
    const judged = conversations.map((conversation) => judgeConversation(conversation, MONITORS))
    expect(judged[0]).toMatchObject({ controlMessages: 8, grePackets: 19_985, notes: [] })
    const broken = judged.flatMap(({ ends }) =>
      ends.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict !== 'pass')),
    )
    expect(broken).toEqual([])
  })
})
