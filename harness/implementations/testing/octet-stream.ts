import { isConnection, type Network, type TcpConnection } from '../../network/network.ts'

/** A TCP connection from which tests read a number of octets. */
export interface OctetStream {
  send(octets: Uint8Array): void
  /**
   * Resolves with all octets since the beginning, as soon as there are at least `octets`.
   * @throws Error when the connection closes before.
   */
  receive(octets: number): Promise<Buffer>
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>
  isClosed(): boolean
  reset(): void
}

/** Connects to port 1723 through the network of a replica, whose tester may be in a container. */
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
      // The other end has sent FIN: tests then send nothing more either.
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
