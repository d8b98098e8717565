import { customerId, id, limit, oneOf, ownerId, version, whole } from './input.ts'
import { customerOf, found, record, Versioned } from './records.ts'
import { addTool, changeTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const scoresOf = sql(
  `select id as score_id, customer_id, score, usage_part, support_part, sentiment_part, scored_at
   from health_scores where customer_id = $1 order by id desc limit $2`,
)
const scoreStatistics = sql(
  `select count(*) as total, min(score) as lowest, max(score) as highest, avg(score)::float8 as mean
   from health_scores where customer_id = $1`,
)
const scoreInputs = sql(
  `select c.id as customer_id,
     coalesce((select least(100, avg(u.active_users))::int from usage_weekly u where u.customer_id = c.id), 0) as usage_part,
     greatest(0, 100 - 10 * (select count(*) from support_tickets s
                             where s.customer_id = c.id and s.status in ('open', 'pending')))::int as support_part,
     coalesce((select avg(10 * r.score)::int from survey_responses r where r.customer_id = c.id), 50) as sentiment_part
   from customers c where c.id = $1`,
)
const newScore = sql(
  `insert into health_scores (customer_id, score, usage_part, support_part, sentiment_part, scored_at)
   values ($1, ($2::int + $3::int + $4::int) / 3, $2, $3, $4, now())
   returning id as score_id, customer_id, score, usage_part, support_part, sentiment_part`,
)
const setScore = sql(
  `update customers set health_score = $2, version = version + 1, updated_at = now() where id = $1
   returning id as customer_id, health_score, version`,
)
const atRisk = sql(
  `select id as customer_id, code, name, segment, owner_id, health_score, arr_cents from customers
   where owner_id = $1 and health_score < $2 order by health_score, id limit $3`,
)
const atRiskTotals = sql(
  `select count(*) as total, coalesce(sum(arr_cents), 0)::int8 as arr_cents from customers
   where owner_id = $1 and health_score < $2`,
)
const portfolioByTier = sql(
  `select tier, count(*) as customers, avg(health_score)::float8 as mean_score, sum(arr_cents)::int8 as arr_cents
   from customers where owner_id = $1 group by tier order by tier`,
)
const portfolioTotals = sql(
  `select count(*) as customers, coalesce(sum(arr_cents), 0)::int8 as arr_cents,
          count(*) filter (where health_score < 40) as at_risk
   from customers where owner_id = $1`,
)
const weeks = sql(
  `select week_on, active_users, sessions, feature_events, minutes from usage_weekly
   where customer_id = $1 order by week_on desc limit $2`,
)
const alertsOf = sql(
  `select id as alert_id, customer_id, kind, severity, status, raised_at, version from health_alerts
   where status = 'open' and severity = $1 order by raised_at desc, id limit $2`,
)
const alertCounts = sql(
  `select count(*) as total, count(distinct customer_id) as customers
   from health_alerts where status = 'open' and severity = $1`,
)
const alertState = new Versioned(
  'health alert',
  'health_alerts',
  `status = 'acknowledged', acknowledged_by = $3`,
  'id as alert_id, customer_id, kind, status, acknowledged_by',
)

export const healthTools: readonly Tool[] = [
  readTool({
    name: 'get_health_score',
    description: "A customer's newest health score with its parts, and the one before.",
    input: { customer_id: customerId },
    run: async (transaction, { customer_id }) => {
      const customer = await customerOf(transaction, customer_id)
      const [current = null, previous = null] = await transaction.rows(scoresOf, customer_id, 2)
      return { customer, current, previous }
    },
  }),
  readTool({
    name: 'get_health_history',
    description: "A customer's health scores, newest first, with lowest, highest and mean of all.",
    input: { customer_id: customerId, limit: limit(60, 12) },
    run: async (transaction, { customer_id, limit }) => {
      const scores = await transaction.rows(scoresOf, customer_id, limit)
      const statistics = await transaction.row(scoreStatistics, customer_id)
      if (scores.length === 0) await customerOf(transaction, customer_id)
      return { customer_id, statistics, scores }
    },
  }),
  addTool({
    name: 'recalculate_health_score',
    description: 'Scores a customer anew from usage, tickets and surveys, and keeps the result.',
    input: { customer_id: customerId },
    run: async (transaction, { customer_id }) => {
      const inputs = found(await transaction.first(scoreInputs, customer_id), 'customer', customer_id)
      const { usage_part, support_part, sentiment_part } = inputs
      const parts = [Number(usage_part), Number(support_part), Number(sentiment_part)]
      const score = await transaction.row(newScore, customer_id, ...parts)
      return { score, customer: await transaction.row(setScore, customer_id, Number(score.score)) }
    },
  }),
  readTool({
    name: 'list_at_risk_customers',
    description: "An owner's customers below a health score, worst first, with count and revenue of all of them.",
    input: { owner_id: ownerId, below: whole(1, 100, 'Health score'), limit: limit(50, 20) },
    run: async (transaction, { owner_id, below, limit }) => {
      const customers = await transaction.rows(atRisk, owner_id, below, limit)
      return { owner_id, below, ...(await transaction.row(atRiskTotals, owner_id, below)), customers }
    },
  }),
  readTool({
    name: 'get_portfolio_health',
    description: "An owner's customers by tier: number, mean health, revenue.",
    input: { owner_id: ownerId },
    run: async (transaction, { owner_id }) => {
      const tiers = await transaction.rows(portfolioByTier, owner_id)
      return { owner_id, totals: await transaction.row(portfolioTotals, owner_id), tiers }
    },
  }),
  readTool({
    name: 'get_usage_trend',
    description: "A customer's weekly usage, newest first.",
    input: { customer_id: customerId, weeks: whole(1, 52, 'Weeks back') },
    run: async (transaction, args) => {
      const customer = await customerOf(transaction, args.customer_id)
      return { customer, weeks: await transaction.rows(weeks, args.customer_id, args.weeks) }
    },
  }),
  readTool({
    name: 'list_health_alerts',
    description: 'Open health alerts of one severity, newest first, and how many there are.',
    input: { severity: oneOf(['low', 'medium', 'high'], 'Severity'), limit: limit(50, 20) },
    run: async (transaction, { severity, limit }) => {
      const alerts = await transaction.rows(alertsOf, severity, limit)
      return { severity, ...(await transaction.row(alertCounts, severity)), alerts }
    },
  }),
  changeTool({
    name: 'acknowledge_health_alert',
    description: 'Takes a health alert over, unless it has changed since it was read.',
    input: { alert_id: id('Health alert'), version, acknowledged_by: ownerId },
    run: async (transaction, { alert_id, version, acknowledged_by }) => {
      const alert = await alertState.change(transaction, alert_id, version, acknowledged_by)
      const audit_id = await record(transaction, {
        customerId: alert.customer_id,
        entity: 'health_alert',
        entityId: alert_id,
        action: 'update',
        actorId: acknowledged_by,
        detail: 'acknowledged',
      })
      return { alert, audit_id }
    },
  }),
]
