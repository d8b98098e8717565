import { actorId, asOf, customerId, flag, id, limit, oneOf, text, version, whole } from './input.ts'
import { found, record, Versioned } from './records.ts'
import { changeTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const customerFull = sql(
  `select id as customer_id, code, name, domain, segment, industry, region, status, tier, owner_id, health_score,
          arr_cents, notes, last_contacted_at, updated_at, version
   from customers where id = $1`,
)
const primaryContacts = sql(
  `select id as contact_id, customer_id, label, email, role from contacts
   where customer_id = $1 and is_primary order by id limit 5`,
)
// A range of the index's own byte order: unlike LIKE it needs no plan of its own for each prefix.
const customersByName = sql(
  `select id as customer_id, code, name, segment, tier, health_score from customers
   where lower(name) ~>=~ $1 and lower(name) ~<~ $2 and segment = $3 order by lower(name) using ~<~, id limit $4`,
)
const customersByNameCount = sql(
  `select count(*) as total from customers where lower(name) ~>=~ $1 and lower(name) ~<~ $2 and segment = $3`,
)
const customerNotes = new Versioned(
  'customer',
  'customers',
  'tier = $3, notes = $4, updated_at = now()',
  'id as customer_id, code, tier, notes, updated_at',
)
const contractsOf = sql(
  `select id as contract_id, customer_id, code, status, starts_on, ends_on, value_cents, version
   from contracts where customer_id = $1 order by ends_on, id limit $2`,
)
const contractTotals = sql(
  `select c.id as customer_id, count(k.id) as contract_count, coalesce(sum(k.value_cents), 0)::int8 as value_cents,
          count(*) filter (where k.ends_on < $2::date + 90 and k.status = 'active') as ending_within_90_days
   from customers c left join contracts k on k.customer_id = c.id where c.id = $1 group by c.id`,
)
const contractTerms = new Versioned(
  'contract',
  'contracts',
  'auto_renew = $3, notice_days = $4, updated_at = now()',
  'id as contract_id, customer_id, code, auto_renew, notice_days',
)

export const coreTools: readonly Tool[] = [
  readTool({
    name: 'get_customer',
    description: 'One customer with its primary contacts.',
    input: { customer_id: customerId },
    run: async (transaction, args) => {
      const customer = found(await transaction.first(customerFull, args.customer_id), 'customer', args.customer_id)
      return { customer, primary_contacts: await transaction.rows(primaryContacts, args.customer_id) }
    },
  }),
  readTool({
    name: 'search_customers',
    description: 'Customers of a segment whose name begins with a text, and how many there are.',
    input: {
      name_prefix: text(60, 'Beginning of the name, in any case'),
      segment: oneOf(['enterprise', 'mid_market', 'small'], 'Segment'),
      limit: limit(50, 20),
    },
    run: async (transaction, { name_prefix, segment, limit }) => {
      const from = name_prefix.toLowerCase()
      const to = `${from}\u{10ffff}`
      const customers = await transaction.rows(customersByName, from, to, segment, limit)
      const { total } = await transaction.row(customersByNameCount, from, to, segment)
      return { segment, total, customers }
    },
  }),
  changeTool({
    name: 'update_customer',
    description: 'Sets tier and notes of a customer, unless it has changed since it was read.',
    input: {
      customer_id: customerId,
      version,
      tier: oneOf(['platinum', 'gold', 'silver', 'bronze'], 'New tier'),
      notes: text(500, 'New notes'),
      actor_id: actorId,
    },
    run: async (transaction, { customer_id, version, tier, notes, actor_id }) => {
      const customer = await customerNotes.change(transaction, customer_id, version, tier, notes)
      const detail = `tier ${tier}`
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'customer',
        entityId: customer_id,
        action: 'update',
        actorId: actor_id,
        detail,
      })
      return { customer, audit_id }
    },
  }),
  readTool({
    name: 'list_contracts',
    description: 'Contracts of a customer by their end, with totals.',
    input: { customer_id: customerId, as_of: asOf, limit: limit(50, 20) },
    run: async (transaction, { customer_id, as_of, limit }) => {
      const totals = found(await transaction.first(contractTotals, customer_id, as_of), 'customer', customer_id)
      return { ...totals, contracts: await transaction.rows(contractsOf, customer_id, limit) }
    },
  }),
  changeTool({
    name: 'update_contract_terms',
    description: 'Sets renewal and notice of a contract, unless it has changed since it was read.',
    input: {
      contract_id: id('Contract'),
      version,
      auto_renew: flag('Renews by itself'),
      notice_days: whole(0, 365, 'Days of notice'),
      actor_id: actorId,
    },
    run: async (transaction, { contract_id, version, auto_renew, notice_days, actor_id }) => {
      const contract = await contractTerms.change(transaction, contract_id, version, auto_renew, notice_days)
      const audit_id = await record(transaction, {
        customerId: contract.customer_id,
        entity: 'contract',
        entityId: contract_id,
        action: 'update',
        actorId: actor_id,
        detail: `notice ${notice_days} days`,
      })
      return { contract, audit_id }
    },
  }),
]
