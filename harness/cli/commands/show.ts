import { command } from '../command.ts'
import { asText, colour, demanded, flag, value, wholeNumber } from '../options.ts'

/** `pptpspec show <what> [scenario]` */
export const show = command({
  usage: 'show <what> [scenario]',
  summary: 'Show the messages of a scenario as a ladder',
  positionals: {
    what: demanded(
      'a trace (.json), a capture, a results directory, or a scenario of the latest results in results/latest',
      asText,
    ),
    scenario: value(
      'scenario',
      { describe: 'a case in that results directory, or a glob that matches cases' },
      asText,
    ),
  },
  options: {
    fields: flag({ describe: 'show every field of every message, and octets that are not a message' }),
    log: flag({ describe: 'also show the log of the implementation' }),
    capture: value('capture', { describe: 'write the capture of one case to this file, in pcapng' }, asText),
    implementation: value(
      'implementation',
      { alias: 'i', describe: 'only the cases of this implementation' },
      asText,
    ),
    width: value(
      'width',
      { describe: 'columns to use [default: those of the terminal, else 100]' },
      wholeNumber('width', 60, 1000),
    ),
    colour,
  },
  examples: [
    ['show start/accepted', 'a scenario in the latest results'],
    ['show tunnel/gap@originator', 'the same for one role only'],
    [
      'show results/runs/2025-01-31T12-00-00Z message-format/undefined-type --fields',
      'a scenario in other results, with all fields',
    ],
    ['show echo/reply#identifier=0@recipient --capture echo.pcapng', 'a case as a capture for Wireshark'],
    ['show capture.pcap', 'the conversations of a capture from anywhere'],
    ['show results/latest/pptpd-1.5.0/call-clear/established@recipient.json', 'a trace by its file name'],
  ],
  async perform(given, io) {
    const { performShow } = await import('../perform-show.ts')
    return performShow({ ...given, colour: given.colour ?? 'auto' }, io)
  },
})
