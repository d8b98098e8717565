import type { Workload } from './lib/workload.ts'

/** One tool that gives back what it is given: for trying the generator itself. */
const workload: Workload = {
  name: 'echo',
  tools: [
    {
      name: 'echo',
      weight: 1,
      arguments: (random) => ({ text: 'hello', number: random.int(0, 999) }),
      check: (answer, args) =>
        typeof answer === 'object' && answer !== null && 'number' in answer && answer.number === args.number
          ? 'ok'
          : { wrong: 'the echo gave back something else' },
    },
  ],
}

export default workload
