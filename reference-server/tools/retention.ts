import { actorId, asOf, customerId, id, limit, oneOf, ownerId, text, version, whole } from './input.ts'
import { customerOf, found, record, Versioned } from './records.ts'
import { addTool, changeTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const riskSignals = sql(
  `select c.id as customer_id,
     (100 - coalesce((select least(100, avg(u.active_users)) from usage_weekly u where u.customer_id = c.id), 0))::int
       as usage_signal,
     least(100, 10 * (select count(*) from support_tickets s
                      where s.customer_id = c.id and s.priority in ('high', 'urgent')))::int as ticket_signal
   from customers c where c.id = $1`,
)
const newAssessment = sql(
  `insert into risk_assessments (customer_id, risk, usage_signal, ticket_signal, reason, assessed_at)
   values ($1, ($2::int + $3::int) / 2, $2, $3, case when $2 >= $3 then 'usage' else 'support load' end, now())
   returning id as assessment_id, customer_id, risk, usage_signal, ticket_signal, reason`,
)
const assessmentsOf = sql(
  `select id as assessment_id, customer_id, risk, usage_signal, ticket_signal, reason, assessed_at
   from risk_assessments where customer_id = $1 order by id desc limit $2`,
)
const upcomingRenewals = sql(
  `select id as renewal_id, contract_id, customer_id, owner_id, status, due_on, amount_cents, probability, version
   from renewals where owner_id = $1 and due_on >= $2::date and due_on < $2::date + $3::int
   order by due_on, id limit $4`,
)
const upcomingTotals = sql(
  `select count(*) as total, coalesce(sum(amount_cents), 0)::int8 as amount_cents,
          coalesce(sum(amount_cents * probability / 100), 0)::int8 as weighted_cents
   from renewals where owner_id = $1 and due_on >= $2::date and due_on < $2::date + $3::int`,
)
const renewalForecast = new Versioned(
  'renewal',
  'renewals',
  'probability = $3, status = $4, updated_at = now()',
  'id as renewal_id, contract_id, customer_id, status, amount_cents, probability',
)
const newPlay = sql(
  `insert into save_plays (customer_id, owner_id, kind, status, outcome, opened_at)
   select id, $2, $3, 'open', '', now() from customers where id = $1
   returning id as play_id, customer_id, owner_id, kind, version`,
)
const playEnd = new Versioned(
  'save play',
  'save_plays',
  'status = $3, outcome = $4, closed_at = now()',
  'id as play_id, customer_id, kind, status, outcome',
)
const playCounts = sql(
  `select count(*) as total, count(*) filter (where status = 'open') as open,
          count(*) filter (where status = 'won') as won, count(*) filter (where status = 'lost') as lost
   from save_plays where owner_id = $1`,
)
const renewalCounts = sql(
  `select count(*) as total, count(*) filter (where status = 'upcoming') as upcoming,
          count(*) filter (where status = 'committed') as committed, count(*) filter (where status = 'lost') as lost
   from renewals where owner_id = $1`,
)

export const retentionTools: readonly Tool[] = [
  addTool({
    name: 'assess_churn_risk',
    description: "Assesses a customer's churn risk from usage and tickets, and keeps the assessment.",
    input: { customer_id: customerId },
    run: async (transaction, { customer_id }) => {
      const signals = found(await transaction.first(riskSignals, customer_id), 'customer', customer_id)
      const { usage_signal, ticket_signal } = signals
      const values = [Number(usage_signal), Number(ticket_signal)]
      return { assessment: await transaction.row(newAssessment, customer_id, ...values) }
    },
  }),
  readTool({
    name: 'get_risk_history',
    description: "A customer's risk assessments, newest first.",
    input: { customer_id: customerId, limit: limit(50, 10) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, assessments: await transaction.rows(assessmentsOf, customer_id, limit) }
    },
  }),
  readTool({
    name: 'list_upcoming_renewals',
    description: "An owner's renewals due within some days, with sums over all of them.",
    input: { owner_id: ownerId, within_days: whole(1, 365, 'Days'), as_of: asOf, limit: limit(50, 20) },
    run: async (transaction, { owner_id, within_days, as_of, limit }) => {
      const renewals = await transaction.rows(upcomingRenewals, owner_id, as_of, within_days, limit)
      const totals = await transaction.row(upcomingTotals, owner_id, as_of, within_days)
      return { owner_id, as_of, ...totals, renewals }
    },
  }),
  changeTool({
    name: 'update_renewal_forecast',
    description: 'Sets state and probability of a renewal, unless it has changed since it was read.',
    input: {
      renewal_id: id('Renewal'),
      version,
      probability: whole(0, 100, 'Percent'),
      renewal_status: oneOf(['upcoming', 'committed', 'lost'], 'State'),
      actor_id: actorId,
    },
    run: async (transaction, { renewal_id, version, probability, renewal_status, actor_id }) => {
      const renewal = await renewalForecast.change(transaction, renewal_id, version, probability, renewal_status)
      const audit_id = await record(transaction, {
        customerId: renewal.customer_id,
        entity: 'renewal',
        entityId: renewal_id,
        action: 'update',
        actorId: actor_id,
        detail: `${renewal_status} at ${probability} %`,
      })
      return { renewal, audit_id }
    },
  }),
  addTool({
    name: 'start_save_play',
    description: 'Opens a play to keep a customer.',
    input: {
      customer_id: customerId,
      owner_id: ownerId,
      kind: oneOf(['executive_review', 'discount', 'training', 'product_fix'], 'Kind of play'),
    },
    run: async (transaction, { customer_id, owner_id, kind }) => {
      const play = found(await transaction.first(newPlay, customer_id, owner_id, kind), 'customer', customer_id)
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'save_play',
        entityId: play.play_id,
        action: 'create',
        actorId: owner_id,
        detail: kind,
      })
      return { play, audit_id }
    },
  }),
  changeTool({
    name: 'close_save_play',
    description: 'Ends a play as won or lost, unless it has changed since it was read.',
    input: {
      play_id: id('Save play'),
      version,
      result: oneOf(['won', 'lost'], 'How it ended'),
      outcome: text(300, 'What happened'),
      actor_id: actorId,
    },
    run: async (transaction, { play_id, version, result, outcome, actor_id }) => {
      const play = await playEnd.change(transaction, play_id, version, result, outcome)
      const audit_id = await record(transaction, {
        customerId: play.customer_id,
        entity: 'save_play',
        entityId: play_id,
        action: 'close',
        actorId: actor_id,
        detail: result,
      })
      return { play, audit_id }
    },
  }),
  readTool({
    name: 'get_retention_report',
    description: "An owner's save plays and renewals, counted by state.",
    input: { owner_id: ownerId },
    run: async (transaction, { owner_id }) => ({
      owner_id,
      plays: await transaction.row(playCounts, owner_id),
      renewals: await transaction.row(renewalCounts, owner_id),
    }),
  }),
]
