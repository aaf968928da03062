import { isConnection, type Network, type TcpConnection } from '../../network/network.ts'

/** A TCP connection as tests read it: by number of octets. */
export interface OctetStream {
  send(octets: Uint8Array): void
  /**
   * So many octets from the first one on, as soon as they have come.
   * @throws Error when the connection closes before.
   */
  receive(octets: number): Promise<Buffer>
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>
  isClosed(): boolean
  reset(): void
}

/** Connects through the network of a replica: its tester may be in a container. */
export async function connectTo(network: Network, address: string): Promise<OctetStream> {
  const connection = await network.connect({ address, port: 1723 }, { timeout: 10_000 })
  if (!isConnection(connection)) throw new Error(`no connection to ${address}: ${connection.detail}`)
  return octetStream(connection)
}

export function octetStream(connection: TcpConnection): OctetStream {
  let got = Buffer.alloc(0)
  let over = false
  let look: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    connection.onEvent((event) => {
      if (event.kind === 'data') got = Buffer.concat([got, event.octets])
      else if (event.kind === 'closed') over = true
      // The other end has nothing more to say: neither have tests.
      else if (event.kind === 'end') connection.end()
      if (over) resolve()
      look()
    })
  })
  return {
    send: connection.send,
    receive: (octets) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (got.length >= octets) resolve(got)
          else if (over) reject(new Error(`closed after ${got.length} octets`))
        }
        look()
      }),
    closed,
    isClosed: () => over,
    reset: connection.reset,
  }
}
