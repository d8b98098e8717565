import { column, customerCount, customerInTurn, type Table, versionColumn } from '../table.ts'

const renewals: Table = {
  name: 'renewals',
  rows: 12_000,
  columns: (draw) => [
    // In the seeded data a renewal has its contract's id.
    column('contract_id', 'integer not null', 'id'),
    column('customer_id', 'integer not null', customerInTurn),
    column('owner_id', 'integer not null', draw.int(1, 60)),
    column('status', 'text not null', draw.pick(['upcoming', 'upcoming', 'upcoming', 'committed', 'lost'])),
    column('due_on', 'date not null', draw.dateAfter(1, 540)),
    column('amount_cents', 'bigint not null', `${draw.lowInt(20, 9_000)}::bigint * 10000`),
    column('probability', 'integer not null', `${draw.int(0, 20)} * 5`),
    column('updated_at', 'timestamptz not null', draw.before(0, 60)),
    versionColumn,
  ],
  indexes: [
    'customer_id, status',
    'contract_id',
    'owner_id, due_on',
    'status, due_on',
    'due_on, amount_cents',
    'probability, due_on',
    'updated_at',
  ],
  references: { contract_id: 'contracts', customer_id: 'customers', owner_id: 'team_members' },
}

const messages: Table = {
  name: 'messages',
  rows: 60_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('campaign_id', 'integer', `case when ${draw.chance(0.5)} then ${draw.int(1, 120)} end`),
    column('channel', 'text not null', draw.pick(['email', 'email', 'in_app', 'phone'])),
    column('direction', 'text not null', draw.pick(['out', 'out', 'in'])),
    column('status', 'text not null', draw.pick(['delivered', 'delivered', 'opened', 'answered', 'bounced'])),
    column('subject', 'text not null', `'Note ' || id`),
    column('body', 'text not null', `repeat('generated text ', ${draw.int(2, 12)})`),
    column('sent_at', 'timestamptz not null', draw.before(0, 365)),
  ],
  indexes: ['customer_id, sent_at', 'campaign_id, status', 'status, sent_at', 'channel, sent_at'],
  references: { customer_id: 'customers', campaign_id: 'campaigns' },
}

const meetings: Table = {
  name: 'meetings',
  rows: 20_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('organizer_id', 'integer not null', draw.int(1, 60)),
    column('kind', 'text not null', draw.pick(['business_review', 'check_in', 'check_in', 'training', 'escalation'])),
    column('status', 'text not null', draw.pick(['held', 'held', 'planned', 'cancelled'])),
    column('minutes', 'integer not null', `${draw.int(1, 6)} * 15`),
    column('scheduled_at', 'timestamptz not null', draw.before(-60, 365)),
  ],
  indexes: [
    'customer_id, scheduled_at',
    'organizer_id, scheduled_at',
    'status, scheduled_at',
    'kind, status',
    'scheduled_at',
  ],
  references: { customer_id: 'customers', organizer_id: 'team_members' },
}

const supportTickets: Table = {
  name: 'support_tickets',
  rows: 40_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', draw.lowInt(1, customerCount)),
    column('code', 'text not null', `'T-' || lpad(id::text, 6, '0')`),
    column('subject', 'text not null', `'Question ' || id`),
    column('status', 'text not null', draw.pick(['open', 'pending', 'solved', 'solved', 'closed'])),
    column('priority', 'text not null', draw.pick(['low', 'normal', 'normal', 'high', 'urgent'])),
    column('assignee_id', 'integer not null', draw.int(1, 60)),
    column('first_answer_minutes', 'integer not null', draw.lowInt(2, 2_000)),
    column('opened_at', 'timestamptz not null', draw.before(0, 540)),
    column('updated_at', 'timestamptz not null', draw.before(0, 60)),
    versionColumn,
  ],
  indexes: [
    'customer_id, status',
    'code',
    'assignee_id, status',
    'status, priority, opened_at',
    'opened_at',
    'updated_at',
    'priority, customer_id',
  ],
  references: { customer_id: 'customers', assignee_id: 'team_members' },
}

const ticketEvents: Table = {
  name: 'ticket_events',
  rows: 120_000,
  columns: (draw) => [
    // Three events for each ticket.
    column('ticket_id', 'integer not null', '((id - 1) % 40000 + 1)'),
    column('kind', 'text not null', draw.pick(['comment', 'comment', 'status', 'assignment'])),
    column('author_id', 'integer not null', draw.int(1, 60)),
    column('body', 'text not null', `'generated event ' || id`),
    column('created_at', 'timestamptz not null', draw.before(0, 540)),
  ],
  indexes: ['ticket_id, id', 'author_id'],
  references: { ticket_id: 'support_tickets', author_id: 'team_members' },
}

const opportunities: Table = {
  name: 'opportunities',
  rows: 12_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('product_id', 'integer not null', draw.int(1, 12)),
    column('owner_id', 'integer not null', draw.int(1, 60)),
    column('stage', 'text not null', draw.pick(['identified', 'identified', 'qualified', 'proposed', 'won', 'lost'])),
    column('amount_cents', 'bigint not null', `${draw.lowInt(10, 5_000)}::bigint * 10000`),
    column('probability', 'integer not null', `${draw.int(0, 20)} * 5`),
    column('close_on', 'date not null', draw.dateAfter(-90, 270)),
    column('updated_at', 'timestamptz not null', draw.before(0, 90)),
    versionColumn,
  ],
  indexes: [
    'customer_id, stage',
    'product_id, stage',
    'owner_id, stage',
    'stage, close_on',
    'close_on',
    'amount_cents',
    'probability',
  ],
  references: { customer_id: 'customers', product_id: 'products', owner_id: 'team_members' },
}

const surveyResponses: Table = {
  name: 'survey_responses',
  rows: 40_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('survey', 'text not null', draw.pick(['nps', 'nps', 'csat', 'onboarding'])),
    column('score', 'integer not null', draw.int(0, 10)),
    column('comment', 'text not null', `'generated comment ' || id`),
    column('answered_at', 'timestamptz not null', draw.before(0, 540)),
  ],
  indexes: ['customer_id, survey, id', 'survey, answered_at', 'survey, score', 'answered_at'],
  references: { customer_id: 'customers' },
}

const featureRequests: Table = {
  name: 'feature_requests',
  rows: 3_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', draw.lowInt(1, customerCount)),
    column('product_id', 'integer not null', draw.int(1, 12)),
    column('title', 'text not null', `'Request ' || lpad(id::text, 4, '0')`),
    column('status', 'text not null', draw.pick(['new', 'new', 'planned', 'building', 'released', 'declined'])),
    column('votes', 'integer not null', draw.lowInt(1, 500)),
    column('created_at', 'timestamptz not null', draw.before(0, 700)),
    versionColumn,
  ],
  indexes: ['customer_id', 'product_id, votes', 'status, votes', 'votes', 'created_at'],
  references: { customer_id: 'customers', product_id: 'products' },
}

/** What passes between the company and its customers. */
export const engagementTables: readonly Table[] = [
  renewals,
  messages,
  meetings,
  supportTickets,
  ticketEvents,
  opportunities,
  surveyResponses,
  featureRequests,
]
