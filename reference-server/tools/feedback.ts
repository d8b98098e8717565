import { actorId, customerId, id, limit, oneOf, ownerId, text, whole } from './input.ts'
import { customerOf, found, record } from './records.ts'
import { addTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const surveys = ['nps', 'csat', 'onboarding'] as const
const requestStates = ['new', 'planned', 'building', 'released', 'declined'] as const

const newResponse = sql(
  `insert into survey_responses (customer_id, survey, score, comment, answered_at)
   select id, $2, $3, $4, now() from customers where id = $1
   returning id as response_id, customer_id, survey, score`,
)
const responseStatistics = sql(
  `select count(*) as total, avg(score)::float8 as mean_score from survey_responses where customer_id = $1 and survey = $2`,
)
const promoters = sql(
  `select count(*) as total, count(*) filter (where r.score >= 9) as promoters,
          count(*) filter (where r.score between 7 and 8) as passives, count(*) filter (where r.score <= 6) as detractors
   from customers c join survey_responses r on r.customer_id = c.id and r.survey = 'nps' where c.owner_id = $1`,
)
const promotersByTier = sql(
  `select c.tier, count(*) as responses, avg(r.score)::float8 as mean_score
   from customers c join survey_responses r on r.customer_id = c.id and r.survey = 'nps'
   where c.owner_id = $1 group by c.tier order by c.tier`,
)
const responsesOf = sql(
  `select id as response_id, customer_id, survey, score, comment, answered_at
   from survey_responses where customer_id = $1 order by answered_at desc, id limit $2`,
)
const newRequest = sql(
  `insert into feature_requests (customer_id, product_id, title, status, votes, created_at)
   select c.id, p.id, $3, 'new', 1, now() from customers c cross join products p where c.id = $1 and p.id = $2
   returning id as request_id, customer_id, product_id, title, votes, version`,
)
const addVote = sql(
  `update feature_requests set votes = votes + 1, version = version + 1 where id = $1
   returning id as request_id, customer_id, title, votes, version`,
)
const requestsOf = sql(
  `select id as request_id, customer_id, product_id, title, status, votes, created_at from feature_requests
   where product_id = $1 and status = $2 order by votes desc, id limit $3`,
)
const requestCounts = sql(
  `select count(*) as total, coalesce(sum(votes), 0)::int8 as votes from feature_requests
   where product_id = $1 and status = $2`,
)

export const feedbackTools: readonly Tool[] = [
  addTool({
    name: 'record_survey_response',
    description: "Keeps a customer's answer to a survey, and tells the mean of its answers.",
    input: {
      customer_id: customerId,
      survey: oneOf(surveys, 'Survey'),
      score: whole(0, 10, 'Score'),
      comment: text(2_000, 'Comment'),
    },
    run: async (transaction, { customer_id, survey, score, comment }) => {
      const row = await transaction.first(newResponse, customer_id, survey, score, comment)
      const response = found(row, 'customer', customer_id)
      return { response, statistics: await transaction.row(responseStatistics, customer_id, survey) }
    },
  }),
  readTool({
    name: 'get_nps_summary',
    description: "Promoters, passives and detractors among an owner's customers, with means by tier.",
    input: { owner_id: ownerId },
    run: async (transaction, { owner_id }) => {
      const tiers = await transaction.rows(promotersByTier, owner_id)
      return { owner_id, counts: await transaction.row(promoters, owner_id), tiers }
    },
  }),
  readTool({
    name: 'list_survey_responses',
    description: "A customer's survey answers, newest first.",
    input: { customer_id: customerId, limit: limit(50, 20) },
    run: async (transaction, { customer_id, limit }) => {
      const customer = await customerOf(transaction, customer_id)
      return { customer, responses: await transaction.rows(responsesOf, customer_id, limit) }
    },
  }),
  addTool({
    name: 'create_feature_request',
    description: 'Keeps a wish of a customer for a product.',
    input: { customer_id: customerId, product_id: id('Product'), title: text(200, 'Title'), actor_id: actorId },
    run: async (transaction, { customer_id, product_id, title, actor_id }) => {
      const row = await transaction.first(newRequest, customer_id, product_id, title)
      const request = found(row, 'customer or product', customer_id)
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'feature_request',
        entityId: request.request_id,
        action: 'create',
        actorId: actor_id,
        detail: title,
      })
      return { request, audit_id }
    },
  }),
  addTool({
    name: 'vote_feature_request',
    description: 'Adds one vote to a feature request.',
    input: { request_id: id('Feature request'), voter_id: ownerId },
    run: async (transaction, { request_id, voter_id }) => {
      const request = found(await transaction.first(addVote, request_id), 'feature request', request_id)
      const audit_id = await record(transaction, {
        customerId: request.customer_id,
        entity: 'feature_request',
        entityId: request_id,
        action: 'update',
        actorId: voter_id,
        detail: 'vote',
      })
      return { request, audit_id }
    },
  }),
  readTool({
    name: 'list_feature_requests',
    description: "A product's feature requests in one state, most votes first, with totals.",
    input: { product_id: id('Product'), request_status: oneOf(requestStates, 'State'), limit: limit(50, 20) },
    run: async (transaction, { product_id, request_status, limit }) => {
      const requests = await transaction.rows(requestsOf, product_id, request_status, limit)
      const totals = await transaction.row(requestCounts, product_id, request_status)
      return { product_id, request_status, ...totals, requests }
    },
  }),
]
