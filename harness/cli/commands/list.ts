import { command } from '../command.ts'
import { LISTS } from '../names.ts'
import { demanded, flag, oneOf, role, texts } from '../options.ts'

/** `pptpspec list <what>` */
export const list = command({
  usage: 'list <what>',
  summary: 'List scenarios, requirements, implementations, mutants, or cases of interoperability',
  positionals: { what: demanded(LISTS.join(', '), oneOf('pptpspec list', LISTS)) },
  options: {
    scenario: texts('scenario', {
      alias: 's',
      describe:
        'only what belongs to scenarios whose id matches this glob, e.g. echo/* or echo/*@originator (repeatable)',
    }),
    requirement: texts('requirement', {
      describe: 'only what belongs to scenarios that decide this requirement (repeatable)',
    }),
    role: role('only what belongs to scenarios for this role: recipient or originator [default: both]'),
    tag: texts('tag', {
      describe: 'only what belongs to scenarios with this tag, or without it: !timed (repeatable)',
    }),
    json: flag({ describe: 'as one JSON array' }),
  },
  examples: [
    ['list scenarios', 'what can be played, and what it decides'],
    ["list requirements --scenario 'echo/*'", 'what these scenarios decide'],
    ['list implementations --json', 'what can be tested, for a program'],
  ],
  async perform(given, io) {
    const { performList } = await import('../perform-list.ts')
    return performList(
      given.what,
      {
        scenarios: given.scenario,
        requirements: given.requirement,
        roles: given.role === undefined ? [] : [given.role],
        tags: given.tag,
      },
      given.json,
      io,
    )
  },
})
