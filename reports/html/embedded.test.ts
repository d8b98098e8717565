import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { exhaustedPool } from '../../tests/golden/samples/cases.ts'
import { hostile, largest } from '../../tests/golden/samples/stress.ts'
import { embeddedReport, plainBytesMax } from './embedded.ts'

const dataOf = (text: string) => />([\s\S]*)<\/script>/.exec(text)?.[1] ?? ''

describe('report.json in the page', () => {
  it('is text that can be searched and read back', () => {
    const { report } = exhaustedPool()
    const { text } = embeddedReport(report)
    expect(text).toContain('"verdict":"fail"')
    expect(JSON.parse(dataOf(text))).toEqual(report)
  })

  it('is read back whatever is in it', () => {
    const { report } = hostile('</script><!--\u2028\u202e')
    const { text } = embeddedReport(report)
    expect(text.match(/<(?!\/?script)/g)).toBeNull()
    expect(JSON.parse(dataOf(text))).toEqual(report)
  })

  it('is packed when it is long, to the same bytes each time', () => {
    const { report } = exhaustedPool()
    const long = { ...report, summary: 'why '.repeat(plainBytesMax / 4) }
    const { text } = embeddedReport(long)
    expect(text).toContain('application/gzip;base64')
    expect(JSON.parse(gunzipSync(Buffer.from(dataOf(text), 'base64')).toString())).toEqual(long)
    expect(embeddedReport(long).text).toBe(text)
  })

  it('is left out, with a word, when even that is too long', () => {
    expect(embeddedReport(largest().report).text).toContain('too large to be embedded')
  })
})
