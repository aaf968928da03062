import type { CaptureStep } from './capture-notes.ts'

/** A statement about a conversation, and the frame that proves it. */
export interface Statement {
  readonly frame: number
  readonly text: string
}

/** One question about a conversation that is read step by step. */
export interface DiagnosisSubject {
  take(step: CaptureStep): void
  /**
   * Returns what the capture proves, at the end of the conversation.
   * @param last the time of its last entry, in ms.
   */
  statements(last: number): readonly Statement[]
}
