import { expect, test } from 'vitest'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

test('diff compares runs, says where they differ, and what it cannot find', { timeout: 60_000 }, async () => {
  const cwd = temporaryDirectory()
  const play = (output: string, ...scenarios: string[]) =>
    pptpspec(['run', 'reference', '-o', output, ...scenarios.flatMap((one) => ['--scenario', one])], { cwd })
  expect((await play('a', 'echo/*')).code).toBe(0)
  expect((await play('b', 'echo/*')).code).toBe(0)
  expect((await play('c', 'echo/many')).code).toBe(0)

  expect(await pptpspec(['diff', 'a', 'b'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no difference'),
  })
  const differs = await pptpspec(['diff', 'a:reference', 'c', '--json'], { cwd })
  expect(differs.code).toBe(1)
  expect(JSON.parse(differs.stdout).compared[0].only.left).toContain('echo/reply#identifier=0')
  expect(await pptpspec(['diff', 'a', 'nowhere'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('results/latest holds no results'),
  })
  expect(await pptpspec(['diff', 'a:referenc', 'b'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean reference?'),
  })
})
