import { createSystemNetwork } from '../../network/system.ts'
import { DEFAULT_CONFIGURATION } from '../../reference/configuration.ts'
import { createReference } from '../../reference/machine.ts'
import { hostMachine } from '../embedded-host.ts'

/**
 * A client as users start them: `dial-reference.ts OWN-ADDRESS SERVER`. It is the reference on this
 * machine's own network, hangs up on SIGTERM, and lives as long as its connection.
 */
const [, , own = '', server = ''] = process.argv
const network = createSystemNetwork()
const machine = createReference({ configuration: DEFAULT_CONFIGURATION })
// Port 0: nobody dials it.
const hosted = await hostMachine(network, machine, { address: own, port: 0 })
const dial = hosted.dial(server, {})
process.once('SIGTERM', () => dial.hangUp())
console.log(`dialling ${server}`)
const why = await dial.ended
console.log(`over: ${why}`)
await hosted.close()
await network.close()
process.exitCode = 7
