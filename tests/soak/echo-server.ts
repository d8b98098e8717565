/** The echo for compared pairs: answers after DELAY_MS, less or more by chance. */
import { createEcho } from '../bench/echo.ts'

const delayMs = Number(process.env.DELAY_MS ?? '20')
const server = createEcho(() => delayMs * (0.7 + 0.6 * Math.random()))
server.listen(Number(process.env.PORT), process.env.HOST)
