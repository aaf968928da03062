import { CALL_POLICY, type CallPolicy } from './call-policy.ts'
import { CONNECTION_POLICY, type ConnectionPolicy } from './connection-policy.ts'
import { PPP_POLICY, type PppPolicy } from './ppp-policy.ts'
import { TUNNEL_POLICY, type TunnelPolicy } from './tunnel-policy.ts'

/** The decisions of RFC 2637 that are not arcs of a state machine. */
export interface Policy extends ConnectionPolicy, CallPolicy, TunnelPolicy, PppPolicy {}

export const POLICY: Policy = { ...CONNECTION_POLICY, ...CALL_POLICY, ...TUNNEL_POLICY, ...PPP_POLICY }
