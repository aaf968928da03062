/** How many loopback addresses a process has to itself. */
const ADDRESSES = 16

/**
 * Returns loopback addresses for tests that open real GRE sockets. Every raw socket for a pair of
 * addresses gets the packets between them, also those of other test files and other runs on this
 * machine. So each process gets addresses of its own.
 */
export function loopbackAddresses(): readonly [string, string, string, ...string[]] {
  const first = (process.pid * ADDRESSES) % (1 << 24)
  const address = (index: number): string => {
    const host = first + index
    return `127.${host >> 16}.${(host >> 8) & 0xff}.${host & 0xff}`
  }
  // The last of the sixteen is left out: it might be 127.255.255.255, which is a broadcast address.
  return [
    address(1),
    address(2),
    address(3),
    ...Array.from({ length: ADDRESSES - 5 }, (_, at) => address(at + 4)),
  ]
}
