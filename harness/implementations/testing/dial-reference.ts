import { createSystemNetwork } from '../../network/system.ts'
import { DEFAULT_CONFIGURATION } from '../../reference/configuration.ts'
import { createReference } from '../../reference/machine.ts'
import { hostMachine } from '../embedded-host.ts'

/**
 * A client program for tests: `dial-reference.ts OWN-ADDRESS SERVER` runs the reference on this
 * machine's network. It hangs up on SIGTERM, and ends with its connection.
 */
const [, , own = '', server = ''] = process.argv
const network = createSystemNetwork()
const machine = createReference({ configuration: DEFAULT_CONFIGURATION })
// Port 0, because no client dials this machine.
const hosted = await hostMachine(network, machine, { address: own, port: 0 })
const dial = hosted.dial(server, {})
process.once('SIGTERM', () => dial.hangUp())
console.log(`dialling ${server}`)
const why = await dial.ended
console.log(`over: ${why}`)
await hosted.close()
await network.close()
process.exitCode = 7
