/** The largest GRE packet in octets: an IP packet less its shortest header. */
export const GRE_PACKET_LIMIT = 65_515
/** How many GRE packets are kept until `onPacket` is called. */
export const KEPT_PACKETS = 4_096
/**
 * The code of an error that is no error of the path: packets came for which our own socket had no
 * room.
 */
export const PACKETS_LOST_HERE = 'EOVERFLOW'
/** How many path errors are kept until `onError` is called. */
export const KEPT_ERRORS = 64
