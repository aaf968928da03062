import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeReports } from '../write.ts'
import { findChromium, startBrowser } from './testing/browser.ts'
import { hostileRun } from './testing/hostile.ts'
import { mutantRun } from './testing/mutant-run.ts'

const chromium = findChromium()
const why = chromium === undefined ? ' (skipped: no chromium; apt-get install chromium)' : ''

/** Opens the reports of runs from disk, as a user does. */
describe.skipIf(chromium === undefined)(`the page in a browser${why}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-browser-'))
  const mutant = join(directory, 'mutant')
  const hostile = join(directory, 'hostile')
  let browser: Browser
  let page: Page
  /** Everything that a page must not do: errors, dialogs, requests. */
  let trouble: string[]

  beforeAll(async () => {
    await mutantRun('echo-wrong-identifier', ['echo', 'tunnel', 'start'], mutant)
    mkdirSync(hostile)
    writeReports(hostileRun(hostile), hostile)
    browser = await startBrowser(chromium ?? '')
    page = await browser.newPage()
    page.on('pageerror', (error) => trouble.push(String(error)))
    page.on('console', (message) => trouble.push(message.text()))
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (!/^(file:.*report\.html|about:blank)/.test(request.url())) trouble.push(`request: ${request.url()}`)
    })
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  async function open(folder: string, link = ''): Promise<void> {
    trouble = []
    // Otherwise the browser would only change the fragment of the page that it shows.
    await page.goto('about:blank')
    await page.goto(`${pathToFileURL(join(folder, 'report.html'))}${link}`)
    await page.waitForSelector('h1')
  }

  const texts = async (selector: string) =>
    (await page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.innerText)`,
    )) as string[]

  /** The link of the first case that fails, as the list of cases has it. */
  async function failedCase(): Promise<string> {
    await open(mutant, '#/cases?verdict=fail')
    return (await page.evaluate(`document.querySelector('.cases a').getAttribute('href')`)) as string
  }

  /** The serious findings of the accessibility checker. */
  async function barriers(): Promise<readonly string[]> {
    await page.evaluate(axe.source)
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  }

  it('shows the causes of the run, worst first', async () => {
    await open(mutant)
    expect(await texts('h2')).toContain('reference')
    const verdicts = await texts('.causes tbody .badge')
    expect(verdicts[0]).toContain('fail')
    expect(trouble).toEqual([])
  })

  it('filters the requirements by verdict, level and text', async () => {
    await open(mutant, '#/requirements')
    const all = await texts('[role=status]')
    await page.select('select >>> ::-p-aria(Verdict)', 'fail')
    await page.waitForSelector('.requirement')
    const [failed] = await texts('[role=status]')
    expect(failed).not.toBe(all[0])
    await page.type('::-p-aria(Text)', '2.6/identifier')
    await page.waitForFunction(`document.querySelectorAll('.requirement').length === 1`)
    expect((await texts('.requirement'))[0]).toMatch(/2\.6\/identifier.*fail/s)
    expect(page.url()).toContain('verdict=fail')
    expect(trouble).toEqual([])
  })

  it('opens a failed case by its link, and the packet that decided shows the wrong field', async () => {
    const link = await failedCase()
    await open(mutant, link)
    await page.waitForSelector('.row.fail .arrow')
    expect((await texts('.row.fail .mark'))[0]).toContain('decides the verdict')
    await page.click('.row.fail .arrow')
    await page.waitForSelector('.fields .named')
    const [field] = await texts('.fields .named')
    expect(field).toContain('Identifier')
    expect(field).toContain('0x')
    expect(page.url()).toMatch(/\/packet\/\d+$/)
    expect((await texts('.hex'))[0]).toContain('1a')
    expect((await texts('.command code'))[0]).toMatch(/^pptpspec run reference --scenario \S+ --seed 7$/)

    const [, packet = ''] = /#(.*)$/.exec(page.url()) ?? []
    await open(mutant, `#${packet}`)
    await page.waitForSelector('.fields .named')
    expect(trouble).toEqual([])
  })

  it('can be used with the keyboard', async () => {
    await open(mutant, await failedCase())
    await page.waitForSelector('.arrow')
    await page.focus('.arrow')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.packet-view')
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-expanded')`)).toBe('true')
  })

  it('says of a case that passed why there is no trace, and how to see it', async () => {
    await open(mutant, '#/cases?verdict=pass')
    const link = await page.evaluate(`document.querySelector('.cases a').getAttribute('href')`)
    await open(mutant, String(link))
    expect((await texts('#page'))[0]).toContain('pptpspec show DIRECTORY')
  })

  it.each(['light', 'dark'])('has no serious barrier, and fits 400 and 1280 pixels (%s)', async (scheme) => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    const link = await failedCase()
    for (const where of ['', '#/requirements?text=echo', '#/cases', link]) {
      await open(mutant, where)
      if (where === link) {
        await page.waitForSelector('.row.fail .arrow')
        await page.click('.row.fail .arrow')
        await page.waitForSelector('.packet-view')
      }
      expect(await barriers(), where).toEqual([])
      for (const width of [1280, 400]) {
        await page.setViewport({ width, height: 900 })
        expect(await page.evaluate('document.documentElement.scrollWidth'), where).toBeLessThanOrEqual(width)
      }
    }
  })

  it('runs nothing that an implementation sent', async () => {
    await open(hostile)
    for (const view of ['', '#/requirements?verdict=fail', '#/cases']) await open(hostile, view)
    await page.click('.cases a')
    await page.waitForSelector('.ladder .arrow')
    await page.click('.ladder .arrow')
    await page.waitForSelector('.packet-view')
    expect((await texts('.fields'))[0]).toContain('<img src=x onerror=alert(1)>')
    expect(await page.evaluate(`document.querySelectorAll('img').length`)).toBe(0)
    expect(trouble).toEqual([])
  })
})
