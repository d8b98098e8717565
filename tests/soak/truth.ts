/**
 * Every run whose truth is known, again and again: `node tests/soak/truth.ts [times] [first]` (10 and 1 unless told), every
 * second time while another process burns a core; and a stall of one second in sixty. `first`: the number of the first
 * time, for whoever does them in parts. Ends with 1 unless Squall said of each run what is written down of it.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runTruth } from '../truth/run-truth.ts'
import { stallIn, truths } from '../truth/truths.ts'

const times = Number(process.argv[2] ?? '10')
const first = Number(process.argv[3] ?? '1')
const last = first + times - 1
const burner = fileURLToPath(new URL('burn.ts', import.meta.url))
const all = [...truths, stallIn(60)]

let wrongs = 0
for (let round = first; round <= last; round += 1) {
  const burns = round % 2 === 0
  const burning = burns ? spawn(process.execPath, [burner], { stdio: 'ignore' }) : null
  try {
    for (const truth of all) {
      const wrong = await runTruth(truth).then(
        (result) => result.wrong,
        (error: unknown) => [String(error)],
      )
      if (wrong.length > 0) wrongs += 1
      const said = wrong.map((text) => `\n      ${text}`).join('')
      console.log(
        `${round}/${last}${burns ? ' (a core burned)' : ''} ${said === '' ? 'right' : 'WRONG'}: ${truth.id}${said}`,
      )
    }
  } finally {
    burning?.kill('SIGKILL')
  }
}
console.log(`${times * all.length - wrongs} of ${times * all.length} right`)
process.exitCode = wrongs === 0 ? 0 : 1
