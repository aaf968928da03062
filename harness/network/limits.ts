/** The largest GRE packet in octets: the largest IP packet (65,535) less its header (20). */
export const GRE_PACKET_LIMIT = 65_515
/** How many GRE packets are kept until `onPacket` is called. */
export const KEPT_PACKETS = 4_096
/** The error code for packets lost on this machine, not on the path: our socket was full. */
export const PACKETS_LOST_HERE = 'EOVERFLOW'
/** How many path errors are kept until `onError` is called. */
export const KEPT_ERRORS = 64
