import { controlMessage } from '../protocol/control.ts'
import { badFormat, notConnected, startReply } from './control-messages.ts'
import type { ControlAct } from './control-model.ts'
import type { ControlAction } from './tables.ts'

const answerStop: ControlAct = (does, { end }) => {
  if (end === 'originator' && does.configuration.clearsBeforeStop) does.calls.clear()
  does.calls.end('connection-stopped')
  does.send(controlMessage('Stop-Control-Connection-Reply', { resultCode: 1 }))
  does.close('stopped by the peer')
}

/** The actions of the two tables of section 3.1. */
export const CONTROL_ACTIONS: Readonly<Record<ControlAction, ControlAct>> = {
  'send-start-request': (does) => does.requestStart(),
  accept(does, { message }) {
    if (message?.name !== 'Start-Control-Connection-Request') return
    does.loseCollisions()
    const protocolVersion = does.policy.versionToUse(message.protocolVersion)
    does.send(startReply(does.configuration, { resultCode: 1, protocolVersion }))
    does.establish()
  },
  'refuse-version'(does, { message }) {
    if (message?.name !== 'Start-Control-Connection-Request') return
    does.send(startReply(does.configuration, { resultCode: 5 }))
    does.close(`version 0x${message.protocolVersion.toString(16)} is not supported`)
  },
  'refuse-same-pair'(does, { peer }) {
    does.send(startReply(does.configuration, { resultCode: 3 }))
    does.close(`${peer} has a control connection already`)
  },
  'refuse-second-start': (does) => does.send(startReply(does.configuration, { resultCode: 3 })),
  'become-established'(does) {
    does.establish()
    does.followUp()
  },
  'send-stop-version': (does) => does.requestStop(2),
  'send-stop': (does) => does.requestStop(does.stopReason()),
  'answer-stop-and-close': answerStop,
  'answer-echo'(does, { message }) {
    if (message?.name !== 'Echo-Request') return
    does.send(controlMessage('Echo-Reply', { identifier: message.identifier, resultCode: 1 }))
  },
  'answer-not-connected'(does, { message }) {
    const reply = notConnected(message)
    if (reply !== undefined) does.send(reply)
  },
  'answer-bad-format'(does, { message, why }) {
    if (message?.name === 'unrecognized') does.send(badFormat(message))
    does.close(why)
  },
  'note-echo-reply': (does) => does.echoAnswered(),
  'handle-call'(does, { message }) {
    if (message !== undefined && message.name !== 'unrecognized') does.calls.handle(message)
  },
  'send-echo-request': (does) => does.requestEcho(),
  'clear-calls'(does) {
    const { hangingUp } = does.configuration
    if (hangingUp !== 'stop') does.calls.clear()
    if (hangingUp === 'clear-then-stop') does.stopWhenIdle()
    else does.stop()
  },
  close: (does, { why }) => does.close(why),
  log: (does, { why }) => does.log(`${why} is not answered`),
}
