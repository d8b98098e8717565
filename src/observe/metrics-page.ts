/** Pages of large servers have some hundred KiB. */
const bytesMax = 8 * 1_048_576

/** The text of a metrics page. Throws an Error where there is none within `limitMs`, or more than fits into memory. */
export async function readMetricsPage(url: string, limitMs: number): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs), redirect: 'error' })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`HTTP ${response.status}`)
  }
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new Error(`a page of over ${bytesMax / 1_048_576} MiB`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
