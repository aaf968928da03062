import { expect, test } from 'vitest'
import { canRunContainers, type DoctorRow, doctorText } from './doctor-text.ts'

const NODE: DoctorRow = { check: 'Node', ok: true, detail: '22.1.0', remedy: 'unused', needed: true }
const TSHARK: DoctorRow = {
  check: 'tshark',
  ok: false,
  detail: 'none\nfound\u0007',
  remedy: 'Install it.',
  needed: false,
}
const ENGINE: DoctorRow = { check: 'container engine', ok: false, detail: 'none', needed: true }

test('a missing item has its remedy, and a missing optional item does not stop containers', () => {
  expect(canRunContainers([NODE, TSHARK])).toBe(true)
  expect(doctorText([NODE, TSHARK], { colour: false })).toBe(
    [
      'Node    ok                 22.1.0',
      'tshark  missing, optional  none found\\x07',
      '                           remedy: Install it.',
      '',
      'containers can be run here: pptpspec run',
      '',
    ].join('\n'),
  )
})

test('no container can be run if a needed item is missing', () => {
  expect(canRunContainers([NODE, ENGINE])).toBe(false)
  expect(doctorText([NODE, ENGINE], { colour: false })).toMatch(
    /^container engine {2}missing, needed {4}none\n\nno container can be run here; .*\n$/m,
  )
})
