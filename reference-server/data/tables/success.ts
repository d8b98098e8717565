import { column, customerCount, customerInTurn, type Table, versionColumn } from '../table.ts'

const onboardingPlans: Table = {
  name: 'onboarding_plans',
  rows: customerCount,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('owner_id', 'integer not null', draw.int(1, 60)),
    column('status', 'text not null', draw.pick(['open', 'open', 'completed', 'completed', 'stalled'])),
    column('task_count', 'integer not null', '6'),
    column('started_on', 'date not null', draw.dateAfter(-400, -20)),
    column('target_on', 'date not null', draw.dateAfter(-10, 90)),
    column('updated_at', 'timestamptz not null', draw.before(0, 60)),
    versionColumn,
  ],
  indexes: ['customer_id', 'owner_id, status', 'status, updated_at', 'target_on', 'started_on'],
  references: { customer_id: 'customers', owner_id: 'team_members' },
}

const onboardingTasks: Table = {
  name: 'onboarding_tasks',
  rows: 60_000,
  columns: (draw) => [
    // Six tasks for each plan; the plan's id is its customer's in the seeded data.
    column('plan_id', 'integer not null', customerInTurn),
    column('position', 'integer not null', `((id - 1) / ${customerCount} + 1)`),
    column(
      'title',
      'text not null',
      draw.pick(['connect data', 'invite users', 'set goals', 'train admins', 'go live']),
    ),
    column('status', 'text not null', draw.pick(['done', 'done', 'open', 'open', 'blocked'])),
    column('due_on', 'date not null', draw.dateAfter(-60, 60)),
    column('done_at', 'timestamptz', 'null'),
  ],
  indexes: ['plan_id, position', 'status, due_on', 'due_on'],
  references: { plan_id: 'onboarding_plans' },
}

const trainingSessions: Table = {
  name: 'training_sessions',
  rows: 12_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', draw.lowInt(1, customerCount)),
    column('trainer_id', 'integer not null', draw.int(1, 60)),
    column('topic', 'text not null', draw.pick(['basics', 'administration', 'reporting', 'automation'])),
    column('status', 'text not null', draw.pick(['held', 'held', 'planned', 'cancelled'])),
    column('attendees', 'integer not null', draw.int(1, 40)),
    column('scheduled_at', 'timestamptz not null', draw.before(-60, 400)),
  ],
  indexes: ['customer_id, scheduled_at', 'trainer_id, scheduled_at', 'status, scheduled_at', 'topic'],
  references: { customer_id: 'customers', trainer_id: 'team_members' },
}

const usageWeekly: Table = {
  name: 'usage_weekly',
  rows: 120_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('week_on', 'date not null', `(date '2025-12-29' - 7 * ((id - 1) / ${customerCount}))`),
    column('active_users', 'integer not null', draw.lowInt(0, 300)),
    column('sessions', 'integer not null', draw.lowInt(0, 4_000)),
    column('feature_events', 'integer not null', draw.lowInt(0, 20_000)),
    column('minutes', 'integer not null', draw.lowInt(0, 30_000)),
  ],
  indexes: ['customer_id, week_on', 'week_on, active_users'],
  references: { customer_id: 'customers' },
}

const healthScores: Table = {
  name: 'health_scores',
  rows: 100_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('score', 'integer not null', draw.int(5, 100)),
    column('usage_part', 'integer not null', draw.int(0, 100)),
    column('support_part', 'integer not null', draw.int(0, 100)),
    column('sentiment_part', 'integer not null', draw.int(0, 100)),
    column(
      'scored_at',
      'timestamptz not null',
      `(timestamptz '2025-12-28 06:00:00+00' - ((100000 - id) / ${customerCount}) * interval '30 days')`,
    ),
  ],
  indexes: ['customer_id, id', 'scored_at, score'],
  references: { customer_id: 'customers' },
}

const healthAlerts: Table = {
  name: 'health_alerts',
  rows: 10_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', draw.lowInt(1, customerCount)),
    column('kind', 'text not null', draw.pick(['usage_drop', 'score_drop', 'silent_sponsor', 'open_escalation'])),
    column('severity', 'text not null', draw.pick(['low', 'medium', 'medium', 'high'])),
    column('status', 'text not null', draw.pick(['open', 'open', 'acknowledged', 'closed'])),
    column('raised_at', 'timestamptz not null', draw.before(0, 180)),
    column('acknowledged_by', 'integer', 'null'),
    versionColumn,
  ],
  indexes: ['customer_id, status', 'status, severity, raised_at', 'kind, status', 'raised_at', 'acknowledged_by'],
  references: { customer_id: 'customers', acknowledged_by: 'team_members' },
}

const riskAssessments: Table = {
  name: 'risk_assessments',
  rows: 20_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('risk', 'integer not null', draw.int(0, 100)),
    column('usage_signal', 'integer not null', draw.int(0, 100)),
    column('ticket_signal', 'integer not null', draw.int(0, 100)),
    column('reason', 'text not null', draw.pick(['usage', 'support load', 'sponsor left', 'price', 'none'])),
    column('assessed_at', 'timestamptz not null', draw.before(0, 365)),
  ],
  indexes: ['customer_id, id', 'risk, customer_id', 'assessed_at', 'reason'],
  references: { customer_id: 'customers' },
}

const savePlays: Table = {
  name: 'save_plays',
  rows: 5_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', draw.lowInt(1, customerCount)),
    column('owner_id', 'integer not null', draw.int(1, 60)),
    column('kind', 'text not null', draw.pick(['executive_review', 'discount', 'training', 'product_fix'])),
    column('status', 'text not null', draw.pick(['open', 'open', 'won', 'lost'])),
    column('outcome', 'text not null', `''`),
    column('opened_at', 'timestamptz not null', draw.before(1, 300)),
    column('closed_at', 'timestamptz', 'null'),
    versionColumn,
  ],
  indexes: ['customer_id, status', 'owner_id, status', 'status, opened_at', 'kind, status', 'closed_at'],
  references: { customer_id: 'customers', owner_id: 'team_members' },
}

/** How the customers get on: onboarding, health, risk. */
export const successTables: readonly Table[] = [
  onboardingPlans,
  onboardingTasks,
  trainingSessions,
  usageWeekly,
  healthScores,
  healthAlerts,
  riskAssessments,
  savePlays,
]
