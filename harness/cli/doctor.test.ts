import { expect, it } from 'vitest'
import { checkArchitecture } from './perform-doctor.ts'

it('says which implementations the engine’s machine cannot run', () => {
  const manifests = [{ name: 'here' }, { name: 'there', needs: { architecture: 'amd64' as const } }]
  expect(checkArchitecture(manifests, 'amd64')).toMatchObject({ ok: true, detail: 'amd64' })
  expect(checkArchitecture(manifests, 'arm64')).toMatchObject({
    ok: false,
    detail: 'arm64: there cannot run here',
    remedy: expect.stringContaining('an engine on amd64'),
  })
})
