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
  tool,
} from './checks.ts'
import { counts, customer, day, owner, pageLimit, remember, take } from './draws.ts'

export const expansion: readonly ToolUse[] = [
  tool('list_opportunities', 2, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'opportunities', args, { most: args.limit, echo: ['customer_id'] }),
    ],
  })),
  tool('get_opportunity', 3, () => ({
    draw: (random) => ({ opportunity_id: random.int(1, counts.opportunities) }),
    problems: (answer, args, memory) => {
      const { opportunity } = answer
      remember(memory, 'opportunity', at(opportunity, 'opportunity_id'), at(opportunity, 'version'))
      const own = Number(at(opportunity, 'amount_cents'))
      const all = Number(at(answer, 'customer_totals', 'amount_cents'))
      return [
        echoes(opportunity, args, 'opportunity_id'),
        own <= all ? undefined : "the customer's sum is less than this opportunity alone",
      ]
    },
  })),
  tool('create_opportunity', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      product_id: random.int(1, counts.products),
      owner_id: owner(random),
      amount_cents: 10_000 * random.int(5, 2_000),
      as_of: day,
    }),
    problems: (answer, args) => [
      echoes(answer.opportunity, args, 'customer_id', 'product_id', 'owner_id', 'amount_cents'),
      audited(answer),
    ],
  })),
  tool(
    'advance_opportunity',
    2,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'opportunity', random, counts.opportunities)
        const stage = random.pick(['identified', 'qualified', 'proposed', 'won', 'lost'] as const)
        return { opportunity_id: id, version, stage, probability: 5 * random.int(0, 20), actor_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.opportunity, args, 'opportunity_id', 'stage', 'probability'),
        advanced(answer.opportunity, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
  tool('find_expansion_candidates', 1, () => ({
    draw: (random) => ({ owner_id: owner(random), health_min: random.int(40, 80), limit: pageLimit(random) }),
    problems: (answer, args) => {
      const least = Number(args.health_min)
      const every = (row: Parameters<typeof at>[0]) => Number(at(row, 'health_score')) >= least
      return [echoes(answer, args, 'owner_id'), list(answer, 'customers', args, { most: args.limit, every })]
    },
  })),
  tool('get_subscription_usage', 3, () => ({
    draw: (random) => ({ customer_id: customer(random) }),
    problems: (answer, args, memory) => {
      const [first] = rowsOf(answer, 'subscriptions')
      remember(memory, 'subscription', at(first, 'subscription_id'), at(first, 'version'))
      return [
        customerIs(answer.customer, args),
        // Every seeded customer has two, and no tool adds any.
        list(answer, 'subscriptions', args, { most: 2, total: 2, echo: ['customer_id'] }),
      ]
    },
  })),
  tool(
    'change_subscription_seats',
    1,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'subscription', random, counts.subscriptions)
        return { subscription_id: id, version, seats: random.int(5, 500), actor_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.subscription, args, 'subscription_id', 'seats'),
        advanced(answer.subscription, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
  tool('get_expansion_pipeline', 1, () => ({
    draw: (random) => ({ owner_id: owner(random) }),
    problems: (answer, args) => [
      echoes(answer, args, 'owner_id'),
      columnAdds(rowsOf(answer, 'stages'), 'opportunities', at(answer, 'totals', 'opportunities')),
      columnAdds(rowsOf(answer, 'stages'), 'amount_cents', at(answer, 'totals', 'amount_cents')),
    ],
  })),
]

export const feedback: readonly ToolUse[] = [
  tool('record_survey_response', 2, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      survey: random.pick(['nps', 'csat', 'onboarding'] as const),
      score: random.int(0, 10),
      comment: `generated comment ${random.int(1, 9_999)}`,
    }),
    problems: (answer, args) => [
      echoes(answer.response, args, 'customer_id', 'survey', 'score'),
      isNumber('mean_score', at(answer, 'statistics', 'mean_score')),
    ],
  })),
  tool('get_nps_summary', 1, () => ({
    draw: (random) => ({ owner_id: owner(random) }),
    problems: (answer, args) => [
      echoes(answer, args, 'owner_id'),
      adds(answer.counts, 'total', 'promoters', 'passives', 'detractors'),
      columnAdds(rowsOf(answer, 'tiers'), 'responses', at(answer, 'counts', 'total')),
    ],
  })),
  tool('list_survey_responses', 2, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'responses', args, { most: args.limit, echo: ['customer_id'] }),
    ],
  })),
  tool('create_feature_request', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      product_id: random.int(1, counts.products),
      title: `Request ${random.int(1, 9_999)}`,
      actor_id: owner(random),
    }),
    problems: (answer, args) => [echoes(answer.request, args, 'customer_id', 'product_id', 'title'), audited(answer)],
  })),
  tool('vote_feature_request', 1, () => ({
    draw: (random) => ({ request_id: random.int(1, counts.requests), voter_id: owner(random) }),
    problems: (answer, args) => [
      echoes(answer.request, args, 'request_id'),
      isNumber('votes', at(answer, 'request', 'votes')),
      audited(answer),
    ],
  })),
  tool('list_feature_requests', 2, () => ({
    draw: (random) => ({
      product_id: random.int(1, counts.products),
      request_status: random.pick(['new', 'planned', 'building', 'released', 'declined'] as const),
      limit: pageLimit(random),
    }),
    problems: (answer, args) => [
      echoes(answer, args, 'product_id', 'request_status'),
      list(answer, 'requests', args, { most: args.limit, total: answer.total, echo: ['product_id'] }),
    ],
  })),
]
