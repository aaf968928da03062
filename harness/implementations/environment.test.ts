import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { addressesTowards, isOnLink, unusedAddressNear } from './container.ts'
import { checkMirror, checkNode, inspectEnvironment } from './environment.ts'
import { packageRoot } from './package-root.ts'

it('accepts Node 20.19 and newer', () => {
  expect(checkNode('20.18.9').ok).toBe(false)
  expect(checkNode('20.19.0').ok).toBe(true)
  expect(checkNode('22.1.0').ok).toBe(true)
})

it('checks whether a mirror serves a suite', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/debian/dists/bookworm/Release' ? 200 : 404
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const mirror = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/debian/`
  expect(await checkMirror(mirror, 'bookworm')).toMatchObject({ ok: true })
  expect(await checkMirror(mirror, 'sarge')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('404'),
  })
  await new Promise((resolve) => server.close(resolve))
  expect(await checkMirror(mirror, 'bookworm')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('ECONNREFUSED'),
  })
})

it('checks everything without throwing, and names a remedy for each fault that has one', async () => {
  const rows = await inspectEnvironment({ engine: '/nowhere/engine.sock' })
  expect(rows.find((row) => row.check === 'container engine')).toMatchObject({
    ok: false,
    remedy: expect.any(String),
  })
  expect(rows.find((row) => row.check === 'implementations')).toMatchObject({ ok: true })
  const strange = await inspectEnvironment({ engine: 'strange' })
  expect(strange.find((row) => row.check === 'container engine')).toMatchObject({ ok: false })
})

it('takes an address for on-link only in the subnet of an interface other than loopback', () => {
  const bridge = { family: 'IPv4', address: '172.18.0.1', netmask: '255.255.0.0', internal: false }
  expect(isOnLink('172.18.3.4', [bridge])).toBe(true)
  expect(isOnLink('172.19.3.4', [bridge])).toBe(false)
  expect(isOnLink('172.18.3.4', [{ ...bridge, internal: true }])).toBe(false)
  expect(isOnLink('', [bridge])).toBe(false)
  expect(isOnLink('172.18.3.400', [bridge])).toBe(false)
})

it('puts the address on the container’s bridge before all other addresses of this machine', () => {
  const address = (address: string, internal = false, family = 'IPv4') => ({
    family,
    address,
    netmask: '255.255.0.0',
    internal,
  })
  const interfaces = [
    address('127.0.0.1', true),
    address('192.0.2.7'),
    address('172.18.0.1'),
    address('fe80::1', false, 'IPv6'),
  ]
  expect(addressesTowards('172.18.3.4', interfaces)).toEqual(['172.18.0.1', '192.0.2.7'])
})

it('takes the last address of the bridge’s subnet for unused if the subnet is large enough', () => {
  const bridge = { family: 'IPv4', address: '172.18.0.1', netmask: '255.255.0.0', internal: false }
  expect(unusedAddressNear('172.18.3.4', [bridge])).toBe('172.18.255.254')
  expect(unusedAddressNear('172.18.0.4', [{ ...bridge, netmask: '255.255.255.0' }])).toBe('172.18.0.254')
  expect(unusedAddressNear('172.18.0.4', [{ ...bridge, netmask: '255.255.255.248' }])).toBeUndefined()
  expect(unusedAddressNear('172.19.0.4', [bridge])).toBeUndefined()
})

it('finds the package from a file inside it, and not from elsewhere', () => {
  expect(packageRoot()).toBe(packageRoot(`file://${packageRoot()}/dist/harness/implementations/x.js`))
  expect(() => packageRoot('file:///nowhere/x.js')).toThrow(/no package.json of pptpspec/)
})
