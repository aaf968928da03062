import { command } from '../command.ts'
import { asText, colour, demanded, flag, value, wholeNumber } from '../options.ts'

/** `pptpspec show <what> [scenario]` */
export const show = command({
  usage: 'show <what> [scenario]',
  summary: 'Show the messages of a scenario as a ladder',
  positionals: {
    what: demanded(
      'a trace (.json), a results directory, or a scenario of the latest results in results/latest',
      asText,
    ),
    scenario: value('scenario', { describe: 'with a results directory: a case, or a glob on cases' }, asText),
  },
  options: {
    fields: flag({ describe: 'every field of every message, and octets that are no message' }),
    log: flag({ describe: 'also what the implementation wrote to its log' }),
    capture: value('capture', { describe: 'write the capture of one case to this file, in pcapng' }, asText),
    implementation: value(
      'implementation',
      { alias: 'i', describe: 'where the results hold several: only this one' },
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
    ['show start/accepted', 'from the latest results'],
    ['show tunnel/gap@originator', 'in one of its roles'],
    [
      'show results/runs/2025-01-31T12-00-00Z message-format/undefined-type --fields',
      'from others, in detail',
    ],
    ['show echo/reply#identifier=0@recipient --capture echo.pcapng', 'for Wireshark'],
    ['show results/latest/pptpd-1.5.0/call-clear/established@recipient.json', 'one trace'],
  ],
  async perform(given, io) {
    const { performShow } = await import('../perform-show.ts')
    return performShow({ ...given, colour: given.colour ?? 'auto' }, io)
  },
})
