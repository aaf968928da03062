/** How many loopback addresses a process has to itself. */
const ADDRESSES = 16

/**
 * Loopback addresses for tests that open real GRE sockets. A raw socket owns nothing, so whoever
 * uses the same pair of addresses sees the packets too: other test files, and other runs on the
 * same machine. These belong to this process alone.
 */
export function loopbackAddresses(): readonly [string, string, string, ...string[]] {
  const first = (process.pid * ADDRESSES) % (1 << 24)
  const address = (index: number): string => {
    const host = first + index
    return `127.${host >> 16}.${(host >> 8) & 0xff}.${host & 0xff}`
  }
  // The last one of the sixteen is left out: it might be 127.255.255.255, which is broadcast.
  return [
    address(1),
    address(2),
    address(3),
    ...Array.from({ length: ADDRESSES - 5 }, (_, at) => address(at + 4)),
  ]
}
