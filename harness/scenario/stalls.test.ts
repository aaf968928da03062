import { expect, test } from 'vitest'
import type { Control } from './control.ts'
import type { Observation } from './observation.ts'
import { createScenarios } from './scenario.ts'
import { onReference } from './testing/on-reference.ts'

const scenario = createScenarios<'3/it', 'none'>({
  '3/it': { section: '3', page: 1, level: 'implied', binds: ['recipient'], text: 'It answers.' },
})

/** Plays a body against the reference on an established connection. */
async function withControl(body: (control: Control<string>) => Promise<void>): Promise<void> {
  const result = await onReference(
    scenario(
      { id: 'stalls/it', purpose: 'It answers.', decides: ['3/it'], provenBy: ['none'], iut: 'recipient' },
      async (t) => {
        await body(await t.establish())
        t.decide('3/it', { ok: true, expected: '', seen: '' })
      },
    ),
  )
  expect(result).toMatchObject({ verdict: 'pass' })
}

const reply = (identifier: number) => ({ kind: 'message', message: { name: 'Echo-Reply', identifier } })
const silence = (observation: Observation) => observation.kind === 'silence'

test('a begun message is answered once it is complete, and further writes wait until then', () =>
  withControl(async (control) => {
    const complete = control.begin('Echo-Request', 13, { identifier: 7 })
    control.send('Echo-Request', { identifier: 8 })
    expect(silence(await control.next())).toBe(true)
    complete()
    expect(await control.next()).toMatchObject(reply(7))
    expect(await control.next()).toMatchObject(reply(8))
    complete()
    expect(silence(await control.next())).toBe(true)
  }))

test('messages that came while reading was stopped are there when it resumes', () =>
  withControl(async (control) => {
    const readOn = control.stopReading()
    control.send('Echo-Request', { identifier: 7 })
    expect(silence(await control.next())).toBe(true)
    readOn()
    expect(await control.next()).toMatchObject(reply(7))
  }))
