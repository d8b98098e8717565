import type { ToolUse } from '../lib/workload.ts'
import {
  adds,
  advanced,
  at,
  audited,
  columnAdds,
  conflict,
  customerIs,
  echoes,
  isNumber,
  list,
  rowsOf,
  same,
  tool,
} from './checks.ts'
import { counts, customer, owner, pageLimit, remember, soon, take } from './draws.ts'

export const communication: readonly ToolUse[] = [
  tool('send_message', 2, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      author_id: owner(random),
      channel: random.pick(['email', 'in_app', 'phone'] as const),
      subject: `Check-in ${random.int(1, 9_999)}`,
      body: 'generated text '.repeat(random.int(2, 20)),
    }),
    problems: (answer, args) => [echoes(answer.message, args, 'customer_id', 'channel', 'subject'), audited(answer)],
  })),
  tool('list_messages', 3, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'messages', args, { most: args.limit, echo: ['customer_id'] }),
    ],
  })),
  tool('schedule_meeting', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      organizer_id: owner(random),
      kind: random.pick(['business_review', 'check_in', 'training', 'escalation'] as const),
      minutes: 15 * random.int(1, 6),
      scheduled_at: soon(random),
    }),
    problems: (answer, args) => [
      echoes(answer.meeting, args, 'customer_id', 'organizer_id', 'kind', 'minutes', 'scheduled_at'),
      audited(answer),
    ],
  })),
  tool('list_meetings', 2, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'meetings', args, { most: args.limit, echo: ['customer_id'] }),
    ],
  })),
  tool('get_campaign_results', 1, () => ({
    draw: (random) => ({ campaign_id: random.int(1, counts.campaigns) }),
    problems: (answer, args) => [
      echoes(answer.campaign, args, 'campaign_id'),
      adds(answer.messages, 'total', 'delivered', 'opened', 'answered', 'bounced'),
    ],
  })),
  tool('list_contacts', 3, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      // Every seeded customer has two, and no tool adds any.
      list(answer, 'contacts', args, { most: args.limit, total: 2, echo: ['customer_id'] }),
    ],
  })),
]

export const support: readonly ToolUse[] = [
  tool('get_ticket', 4, () => ({
    draw: (random) => ({ ticket_id: random.int(1, counts.tickets), limit: pageLimit(random) }),
    problems: (answer, args, memory) => {
      remember(memory, 'ticket', at(answer, 'ticket', 'ticket_id'), at(answer, 'ticket', 'version'))
      return [
        echoes(answer.ticket, args, 'ticket_id'),
        same('code', at(answer, 'ticket', 'code'), `T-${String(args.ticket_id).padStart(6, '0')}`),
        list(answer, 'events', args, { most: args.limit, echo: ['ticket_id'] }),
      ]
    },
  })),
  tool('list_tickets', 3, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'tickets', args, { most: args.limit, echo: ['customer_id'] }),
    ],
  })),
  tool('create_ticket', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      assignee_id: owner(random),
      priority: random.pick(['low', 'normal', 'high', 'urgent'] as const),
      subject: `Question ${random.int(1, 9_999)}`,
    }),
    problems: (answer, args) => [
      echoes(answer.ticket, args, 'customer_id', 'assignee_id', 'priority', 'subject'),
      same('event', at(answer, 'event', 'ticket_id'), at(answer, 'ticket', 'ticket_id')),
    ],
  })),
  tool(
    'update_ticket_status',
    2,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'ticket', random, counts.tickets)
        const ticket_status = random.pick(['open', 'pending', 'solved', 'closed'] as const)
        return { ticket_id: id, version, ticket_status, author_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.ticket, args, 'ticket_id'),
        same('state', at(answer, 'ticket', 'status'), args.ticket_status),
        advanced(answer.ticket, args),
        echoes(answer.event, args, 'ticket_id', 'author_id'),
      ],
    }),
    conflict,
  ),
  tool('add_ticket_comment', 2, () => ({
    draw: (random) => ({
      ticket_id: random.int(1, counts.tickets),
      author_id: owner(random),
      body: 'generated comment '.repeat(random.int(1, 10)),
    }),
    problems: (answer, args) => [
      echoes(answer.ticket, args, 'ticket_id'),
      echoes(answer.event, args, 'ticket_id', 'author_id'),
      isNumber('event_id', at(answer, 'event', 'event_id')),
    ],
  })),
  tool('get_support_summary', 1, () => ({
    draw: (random) => ({ assignee_id: owner(random) }),
    problems: (answer, args) => [
      echoes(answer, args, 'assignee_id'),
      adds(answer.counts, 'total', 'open', 'pending', 'solved', 'closed'),
      columnAdds(rowsOf(answer, 'priorities'), 'tickets', at(answer, 'counts', 'total')),
    ],
  })),
]
