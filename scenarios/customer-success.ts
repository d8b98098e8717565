import { core, onboarding } from './customer-success/care.ts'
import { communication, support } from './customer-success/contact.ts'
import { expansion, feedback } from './customer-success/growth.ts'
import { health, retention } from './customer-success/standing.ts'
import type { Workload } from './lib/workload.ts'

/**
 * A working day of customer success teams on the reference server's 54 tools: about three reads to each write, a few
 * customers asked about far more often than the rest. Every answer's content is held against what was asked, so that
 * mock data, or an answer meant for somebody else, is seen.
 */
const workload: Workload = {
  name: 'customer-success',
  tools: [...core, ...onboarding, ...health, ...retention, ...communication, ...support, ...expansion, ...feedback],
  ledger: {
    name: 'send_message',
    arguments: (mark) => ({
      customer_id: 1,
      author_id: 1,
      channel: 'email',
      subject: mark,
      body: 'one write of the ledger',
    }),
    survivors: `select subject as mark, count(*)::int as copies from messages where starts_with(subject, $1) group by subject`,
  },
}

export default workload
