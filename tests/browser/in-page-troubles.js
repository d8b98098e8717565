// Evaluated in the page: words of pictures that cover each other, text that is too small, pictures that collapsed.
;(() => {
  const smallestPx = 12
  const labels = [...document.querySelectorAll('svg text')]
    .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0)
  const covers = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3
  const overlaps = labels.flatMap((one, index) =>
    labels
      .slice(index + 1)
      .filter((other) => covers(one.box, other.box))
      .map((other) => `${one.text} / ${other.text}`),
  )
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '')
  const small = [...document.querySelectorAll('body *:not(script)')]
    .filter((element) => hasText(element) && Number.parseFloat(getComputedStyle(element).fontSize) < smallestPx)
    .map((element) => element.outerHTML.slice(0, 100))
  const blank = [...document.querySelectorAll('svg[role=img]')]
    .filter((svg) => svg.checkVisibility() && svg.getBoundingClientRect().height < 20)
    .map((svg) => svg.getAttribute('aria-label'))
  const { scrollWidth, clientWidth } = document.documentElement
  return { overlaps, small, blank, widerPx: scrollWidth - clientWidth }
})()
