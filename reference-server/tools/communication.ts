import { customerId, id, limit, oneOf, ownerId, text, time, whole } from './input.ts'
import { customerOf, found, record } from './records.ts'
import { addTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const newMessage = sql(
  `insert into messages (customer_id, channel, direction, status, subject, body, sent_at)
   select id, $2, 'out', 'queued', $3, $4, now() from customers where id = $1
   returning id as message_id, customer_id, channel, status, subject`,
)
const messagesOf = sql(
  `select id as message_id, customer_id, campaign_id, channel, direction, status, subject, sent_at
   from messages where customer_id = $1 order by sent_at desc, id limit $2`,
)
const newMeeting = sql(
  `insert into meetings (customer_id, organizer_id, kind, status, minutes, scheduled_at)
   select id, $2, $3, 'planned', $4, $5::timestamptz from customers where id = $1
   returning id as meeting_id, customer_id, organizer_id, kind, minutes, scheduled_at`,
)
const meetingsOf = sql(
  `select id as meeting_id, customer_id, organizer_id, kind, status, minutes, scheduled_at
   from meetings where customer_id = $1 order by scheduled_at desc, id limit $2`,
)
const campaign = sql(
  `select id as campaign_id, code, channel, goal, status, owner_id, started_at from campaigns where id = $1`,
)
const campaignResults = sql(
  `select count(*) as total, count(*) filter (where status = 'delivered') as delivered,
          count(*) filter (where status = 'opened') as opened, count(*) filter (where status = 'answered') as answered,
          count(*) filter (where status = 'bounced') as bounced
   from messages where campaign_id = $1`,
)
const contactsOf = sql(
  `select id as contact_id, customer_id, label, email, role, is_primary, locale, sentiment, last_seen_at
   from contacts where customer_id = $1 order by is_primary desc, id limit $2`,
)

export const communicationTools: readonly Tool[] = [
  addTool({
    name: 'send_message',
    description: 'Queues a message to a customer; delivery is not part of this call.',
    input: {
      customer_id: customerId,
      author_id: ownerId,
      channel: oneOf(['email', 'in_app', 'phone'], 'Channel'),
      subject: text(200, 'Subject'),
      body: text(4_000, 'Text'),
    },
    run: async (transaction, { customer_id, author_id, channel, subject, body }) => {
      const row = await transaction.first(newMessage, customer_id, channel, subject, body)
      const message = found(row, 'customer', customer_id)
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'message',
        entityId: message.message_id,
        action: 'create',
        actorId: author_id,
        detail: `queued by ${channel}`,
      })
      return { message, audit_id }
    },
  }),
  readTool({
    name: 'list_messages',
    description: 'Messages from and to a customer, newest first.',
    input: { customer_id: customerId, limit: limit(50, 20) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, messages: await transaction.rows(messagesOf, customer_id, limit) }
    },
  }),
  addTool({
    name: 'schedule_meeting',
    description: 'Plans a meeting with a customer.',
    input: {
      customer_id: customerId,
      organizer_id: ownerId,
      kind: oneOf(['business_review', 'check_in', 'training', 'escalation'], 'Kind of meeting'),
      minutes: whole(15, 240, 'Length'),
      scheduled_at: time,
    },
    run: async (transaction, { customer_id, organizer_id, kind, minutes, scheduled_at }) => {
      const row = await transaction.first(newMeeting, customer_id, organizer_id, kind, minutes, scheduled_at)
      const meeting = found(row, 'customer', customer_id)
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'meeting',
        entityId: meeting.meeting_id,
        action: 'create',
        actorId: organizer_id,
        detail: kind,
      })
      return { meeting, audit_id }
    },
  }),
  readTool({
    name: 'list_meetings',
    description: 'Meetings with a customer, latest first.',
    input: { customer_id: customerId, limit: limit(50, 20) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, meetings: await transaction.rows(meetingsOf, customer_id, limit) }
    },
  }),
  readTool({
    name: 'get_campaign_results',
    description: 'A campaign, and its messages counted by what became of them.',
    input: { campaign_id: id('Campaign') },
    run: async (transaction, { campaign_id }) => {
      const head = found(await transaction.first(campaign, campaign_id), 'campaign', campaign_id)
      return { campaign: head, messages: await transaction.row(campaignResults, campaign_id) }
    },
  }),
  readTool({
    name: 'list_contacts',
    description: "A customer's contacts, primary ones first.",
    input: { customer_id: customerId, limit: limit(50, 20) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, contacts: await transaction.rows(contactsOf, customer_id, limit) }
    },
  }),
]
