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
  writes: [
    'public.audit_log',
    'public.contracts',
    'public.customers',
    'public.feature_requests',
    'public.health_alerts',
    'public.health_scores',
    'public.meetings',
    'public.messages',
    'public.onboarding_plans',
    'public.onboarding_tasks',
    'public.opportunities',
    'public.renewals',
    'public.risk_assessments',
    'public.save_plays',
    'public.subscriptions',
    'public.support_tickets',
    'public.survey_responses',
    'public.ticket_events',
    'public.training_sessions',
  ],
}

export default workload
