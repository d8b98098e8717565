import { actorId, asOf, customerId, id, limit, oneOf, ownerId, version, whole } from './input.ts'
import { customerOf, found, record, Versioned } from './records.ts'
import { addTool, changeTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const stages = ['identified', 'qualified', 'proposed', 'won', 'lost'] as const
const opportunityColumns = `o.id as opportunity_id, o.customer_id, o.product_id, o.owner_id, o.stage, o.amount_cents,
  o.probability, o.close_on, o.version`

const opportunitiesOf = sql(
  `select ${opportunityColumns} from opportunities o where o.customer_id = $1 order by o.close_on, o.id limit $2`,
)
const opportunity = sql(
  `select ${opportunityColumns}, p.code as product_code, p.family as product_family
   from opportunities o join products p on p.id = o.product_id where o.id = $1`,
)
const siblings = sql(
  `select count(*) as total, coalesce(sum(s.amount_cents), 0)::int8 as amount_cents
   from opportunities s where s.customer_id = (select customer_id from opportunities where id = $1)`,
)
const newOpportunity = sql(
  `insert into opportunities (customer_id, product_id, owner_id, stage, amount_cents, probability, close_on, updated_at)
   select c.id, p.id, $3, 'identified', $4, 10, $5::date + 90, now()
   from customers c cross join products p where c.id = $1 and p.id = $2
   returning id as opportunity_id, customer_id, product_id, owner_id, stage, amount_cents, version`,
)
const opportunityStage = new Versioned(
  'opportunity',
  'opportunities',
  'stage = $3, probability = $4, updated_at = now()',
  'id as opportunity_id, customer_id, stage, probability, amount_cents',
)
const candidates = sql(
  `select c.id as customer_id, c.code, c.name, c.health_score, c.arr_cents, sum(s.seats)::int8 as seats,
          sum(s.seats_used)::int8 as seats_used
   from customers c join subscriptions s on s.customer_id = c.id and s.status = 'active'
   where c.owner_id = $1 and c.health_score >= $2 group by c.id
   having sum(s.seats_used) >= 0.8 * sum(s.seats) order by c.health_score desc, c.id limit $3`,
)
const healthyCount = sql(`select count(*) as considered from customers where owner_id = $1 and health_score >= $2`)
const subscriptionsOf = sql(
  `select s.id as subscription_id, s.customer_id, s.product_id, p.code as product_code, s.status, s.seats, s.seats_used,
          s.price_cents, s.version
   from subscriptions s join products p on p.id = s.product_id where s.customer_id = $1 order by s.id`,
)
const subscriptionSeats = new Versioned(
  'subscription',
  'subscriptions',
  'seats = $3, updated_at = now()',
  'id as subscription_id, customer_id, product_id, seats, seats_used',
)
const pipelineByStage = sql(
  `select stage, count(*) as opportunities, sum(amount_cents)::int8 as amount_cents
   from opportunities where owner_id = $1 group by stage order by stage`,
)
const pipelineTotals = sql(
  `select count(*) as opportunities, coalesce(sum(amount_cents), 0)::int8 as amount_cents
   from opportunities where owner_id = $1`,
)

export const expansionTools: readonly Tool[] = [
  readTool({
    name: 'list_opportunities',
    description: "A customer's opportunities by their closing day.",
    input: { customer_id: customerId, limit: limit(50, 20) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, opportunities: await transaction.rows(opportunitiesOf, customer_id, limit) }
    },
  }),
  readTool({
    name: 'get_opportunity',
    description: 'One opportunity with its product, and the sum of all that its customer has.',
    input: { opportunity_id: id('Opportunity') },
    run: async (transaction, { opportunity_id }) => {
      const head = found(await transaction.first(opportunity, opportunity_id), 'opportunity', opportunity_id)
      return { opportunity: head, customer_totals: await transaction.row(siblings, opportunity_id) }
    },
  }),
  addTool({
    name: 'create_opportunity',
    description: 'Writes down an opportunity to sell a product to a customer.',
    input: {
      customer_id: customerId,
      product_id: id('Product'),
      owner_id: ownerId,
      amount_cents: whole(1, 2_000_000_000, 'Amount'),
      as_of: asOf,
    },
    run: async (transaction, { customer_id, product_id, owner_id, amount_cents, as_of }) => {
      const row = await transaction.first(newOpportunity, customer_id, product_id, owner_id, amount_cents, as_of)
      const created = found(row, 'customer or product', customer_id)
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'opportunity',
        entityId: created.opportunity_id,
        action: 'create',
        actorId: owner_id,
        detail: `product ${product_id}`,
      })
      return { opportunity: created, audit_id }
    },
  }),
  changeTool({
    name: 'advance_opportunity',
    description: 'Moves an opportunity to another stage, unless it has changed since it was read.',
    input: {
      opportunity_id: id('Opportunity'),
      version,
      stage: oneOf(stages, 'New stage'),
      probability: whole(0, 100, 'Percent'),
      actor_id: actorId,
    },
    run: async (transaction, { opportunity_id, version, stage, probability, actor_id }) => {
      const changed = await opportunityStage.change(transaction, opportunity_id, version, stage, probability)
      const audit_id = await record(transaction, {
        customerId: changed.customer_id,
        entity: 'opportunity',
        entityId: opportunity_id,
        action: 'update',
        actorId: actor_id,
        detail: stage,
      })
      return { opportunity: changed, audit_id }
    },
  }),
  readTool({
    name: 'find_expansion_candidates',
    description: "An owner's healthy customers that use at least 80 % of their seats.",
    input: { owner_id: ownerId, health_min: whole(0, 100, 'Health score'), limit: limit(50, 20) },
    run: async (transaction, { owner_id, health_min, limit }) => {
      const customers = await transaction.rows(candidates, owner_id, health_min, limit)
      return { owner_id, ...(await transaction.row(healthyCount, owner_id, health_min)), customers }
    },
  }),
  readTool({
    name: 'get_subscription_usage',
    description: "A customer's subscriptions: seats bought and used.",
    input: { customer_id: customerId },
    run: async (transaction, { customer_id }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, subscriptions: await transaction.rows(subscriptionsOf, customer_id) }
    },
  }),
  changeTool({
    name: 'change_subscription_seats',
    description: 'Sets the seats of a subscription, unless it has changed since it was read.',
    input: {
      subscription_id: id('Subscription'),
      version,
      seats: whole(1, 100_000, 'Seats'),
      actor_id: actorId,
    },
    run: async (transaction, { subscription_id, version, seats, actor_id }) => {
      const subscription = await subscriptionSeats.change(transaction, subscription_id, version, seats)
      const audit_id = await record(transaction, {
        customerId: subscription.customer_id,
        entity: 'subscription',
        entityId: subscription_id,
        action: 'update',
        actorId: actor_id,
        detail: `${seats} seats`,
      })
      return { subscription, audit_id }
    },
  }),
  readTool({
    name: 'get_expansion_pipeline',
    description: "An owner's opportunities by stage: number and amount.",
    input: { owner_id: ownerId },
    run: async (transaction, { owner_id }) => {
      const byStage = await transaction.rows(pipelineByStage, owner_id)
      return { owner_id, totals: await transaction.row(pipelineTotals, owner_id), stages: byStage }
    },
  }),
]
