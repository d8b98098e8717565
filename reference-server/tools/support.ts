import { customerId, id, limit, oneOf, ownerId, text, version } from './input.ts'
import { customerOf, found, Versioned } from './records.ts'
import { addTool, changeTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const ticketStates = ['open', 'pending', 'solved', 'closed'] as const

const ticket = sql(
  `select id as ticket_id, customer_id, code, subject, status, priority, assignee_id, first_answer_minutes, opened_at,
          version
   from support_tickets where id = $1`,
)
const eventsOf = sql(
  `select id as event_id, ticket_id, kind, author_id, body, created_at
   from ticket_events where ticket_id = $1 order by id desc limit $2`,
)
const ticketsOf = sql(
  `select id as ticket_id, customer_id, code, subject, status, priority, assignee_id, opened_at, version
   from support_tickets where customer_id = $1 order by opened_at desc, id limit $2`,
)
const newTicket = sql(
  `with numbered as (select nextval(pg_get_serial_sequence('support_tickets', 'id'))::int as id)
   insert into support_tickets
     (id, customer_id, code, subject, status, priority, assignee_id, first_answer_minutes, opened_at, updated_at)
   select n.id, c.id, 'T-' || lpad(n.id::text, 6, '0'), $2, 'open', $3, $4, 0, now(), now()
   from customers c cross join numbered n where c.id = $1
   returning id as ticket_id, customer_id, code, subject, priority, assignee_id, version`,
)
const newEvent = sql(
  `insert into ticket_events (ticket_id, kind, author_id, body, created_at)
   values ($1, $2, $3, $4, now()) returning id as event_id, ticket_id, kind, author_id`,
)
const ticketState = new Versioned(
  'support ticket',
  'support_tickets',
  'status = $3, updated_at = now()',
  'id as ticket_id, customer_id, code, status',
)
const touchTicket = sql(
  `update support_tickets set updated_at = now(), version = version + 1 where id = $1
   returning id as ticket_id, customer_id, code, status, version`,
)
const assigneeCounts = sql(
  `select count(*) as total, count(*) filter (where status = 'open') as open,
          count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'solved') as solved,
          count(*) filter (where status = 'closed') as closed
   from support_tickets where assignee_id = $1`,
)
const assigneeByPriority = sql(
  `select priority, count(*) as tickets, avg(first_answer_minutes)::float8 as mean_first_answer_minutes
   from support_tickets where assignee_id = $1 group by priority order by priority`,
)

export const supportTools: readonly Tool[] = [
  readTool({
    name: 'get_ticket',
    description: 'A support ticket with its newest events.',
    input: { ticket_id: id('Support ticket'), limit: limit(50, 20) },
    run: async (transaction, { ticket_id, limit }) => {
      const head = found(await transaction.first(ticket, ticket_id), 'support ticket', ticket_id)
      return { ticket: head, events: await transaction.rows(eventsOf, ticket_id, limit) }
    },
  }),
  readTool({
    name: 'list_tickets',
    description: "A customer's support tickets, newest first.",
    input: { customer_id: customerId, limit: limit(50, 20) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, tickets: await transaction.rows(ticketsOf, customer_id, limit) }
    },
  }),
  addTool({
    name: 'create_ticket',
    description: 'Opens a support ticket for a customer.',
    input: {
      customer_id: customerId,
      assignee_id: ownerId,
      priority: oneOf(['low', 'normal', 'high', 'urgent'], 'Priority'),
      subject: text(200, 'Subject'),
    },
    run: async (transaction, { customer_id, assignee_id, priority, subject }) => {
      const row = await transaction.first(newTicket, customer_id, subject, priority, assignee_id)
      const created = found(row, 'customer', customer_id)
      const values = [Number(created.ticket_id), 'assignment', assignee_id, 'opened'] as const
      return { ticket: created, event: await transaction.row(newEvent, ...values) }
    },
  }),
  changeTool({
    name: 'update_ticket_status',
    description: 'Moves a ticket to another state, unless it has changed since it was read.',
    input: {
      ticket_id: id('Support ticket'),
      version,
      ticket_status: oneOf(ticketStates, 'New state'),
      author_id: ownerId,
    },
    run: async (transaction, { ticket_id, version, ticket_status, author_id }) => {
      const changed = await ticketState.change(transaction, ticket_id, version, ticket_status)
      return {
        ticket: changed,
        event: await transaction.row(newEvent, ticket_id, 'status', author_id, `now ${ticket_status}`),
      }
    },
  }),
  addTool({
    name: 'add_ticket_comment',
    description: 'Adds a comment to a ticket.',
    input: { ticket_id: id('Support ticket'), author_id: ownerId, body: text(4_000, 'Comment') },
    run: async (transaction, { ticket_id, author_id, body }) => {
      const touched = found(await transaction.first(touchTicket, ticket_id), 'support ticket', ticket_id)
      return { ticket: touched, event: await transaction.row(newEvent, ticket_id, 'comment', author_id, body) }
    },
  }),
  readTool({
    name: 'get_support_summary',
    description: "An assignee's tickets by state and by priority, with the mean time to a first answer.",
    input: { assignee_id: ownerId },
    run: async (transaction, { assignee_id }) => {
      const priorities = await transaction.rows(assigneeByPriority, assignee_id)
      return { assignee_id, counts: await transaction.row(assigneeCounts, assignee_id), priorities }
    },
  }),
]
