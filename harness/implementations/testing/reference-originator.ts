import type { Network } from '../../network/network.ts'
import { createReference } from '../../reference/machine.ts'
import type { Dialler } from '../../scenario/dial.ts'
import { hostMachine } from '../embedded-host.ts'

/**
 * Runs a reference at an address of a network. Returns a dialler that makes it dial.
 * @param tester address whose GRE packets the reference takes even without a control connection.
 */
export async function referenceOriginator(
  network: Network,
  address: string,
  tester: string,
): Promise<Dialler> {
  const machine = await hostMachine(network, createReference(), { address, hears: [tester] })
  return async (server, settings = {}) => {
    const dial = machine.dial(server, settings)
    return {
      ended: dial.ended.then((detail) => ({ status: undefined, detail })),
      stop: async () => dial.stop(),
    }
  }
}
