import { command } from '../command.ts'
import { LISTS } from '../names.ts'
import { demanded, flag, oneOf, role, texts } from '../options.ts'

/** `pptpspec list <what>` */
export const list = command({
  usage: 'list <what>',
  summary: 'List scenarios, requirements, implementations, mutants, habits, or cases of interoperability',
  positionals: { what: demanded(LISTS.join(', '), oneOf('pptpspec list', LISTS)) },
  options: {
    scenario: texts('scenario', {
      alias: 's',
      describe:
        'only items of scenarios whose id matches this glob, e.g. echo/* or echo/*@originator (repeatable)',
    }),
    requirement: texts('requirement', {
      describe: 'only items of scenarios that decide this requirement (repeatable)',
    }),
    role: role('only items of scenarios for this role: recipient or originator [default: both]'),
    tag: texts('tag', {
      describe: 'only items of scenarios with this tag, or, as !timed, without it (repeatable)',
    }),
    json: flag({ describe: 'as one JSON array' }),
  },
  examples: [
    ['list scenarios', 'all scenarios, and the requirements that they decide'],
    ["list requirements --scenario 'echo/*'", 'the requirements that these scenarios decide'],
    ['list implementations --json', 'all implementations that come with this package, for a program'],
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
