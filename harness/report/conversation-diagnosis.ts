import type { CaptureStep, SideAddresses } from './capture-notes.ts'

/** Diagnoses one conversation while it is read. */
export interface ConversationDiagnosis {
  take(step: CaptureStep): void
  /** Returns the statements at the end of the conversation, in the order of time. */
  statements(): readonly string[]
}

/** Begins a diagnosis of a conversation between two addresses. */
export function createConversationDiagnosis(_addresses: SideAddresses): ConversationDiagnosis {
  return { take() {}, statements: () => [] }
}
