import { describe, expect, it } from 'vitest'
import { anchor, foreign, html, unbroken } from './markup.ts'

describe('markup', () => {
  it.each([
    ['text', html`<p>${'<script>'}</p>`.text, '<p>&lt;script&gt;</p>'],
    ['an attribute', html`<p title="${'" onclick="x'}">`.text, '<p title="&quot; onclick=&quot;x">'],
    ['markup inside markup is not escaped twice', html`<p>${html`<b>${'&'}</b>`}</p>`.text, '<p><b>&amp;</b></p>'],
    ['items in a row', html`${['a', html`<br>`, '<']}`.text, 'a<br>&lt;'],
    ['null is nothing', html`a${null}b`.text, 'ab'],
  ])('%s', (_reason, text, expected) => {
    expect(text).toBe(expected)
  })

  it('does not show a number that is none', () => {
    expect(() => html`${Number.NaN}`).toThrow(/cannot show/)
  })

  it('isolates foreign text', () => {
    expect(foreign("</bdi><script>'").text).toBe('<bdi>&lt;/bdi&gt;&lt;script&gt;&#39;</bdi>')
  })

  it('has anchors without white space or quotes, also for half a character', () => {
    expect(anchor('f', 'a b"\ud800')).toBe('f=a%20b%22%EF%BF%BD')
  })

  it('keeps a number and its unit on one line', () => {
    expect(unbroken('5 s and 3 %')).toBe('5\u00a0s and 3\u00a0%')
  })
})
