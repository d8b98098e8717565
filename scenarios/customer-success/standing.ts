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
  isObject,
  list,
  rowsOf,
  same,
  tool,
} from './checks.ts'
import { counts, customer, day, owner, pageLimit, remember, take } from './draws.ts'

// The seeded data has twelve weeks of usage for every customer, and no tool adds any.
const weeksKept = 12

export const health: readonly ToolUse[] = [
  tool('get_health_score', 4, () => ({
    draw: (random) => ({ customer_id: customer(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      echoes(answer.current, args, 'customer_id'),
      isObject(answer.previous) ? echoes(answer.previous, args, 'customer_id') : undefined,
    ],
  })),
  tool('get_health_history', 3, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      echoes(answer, args, 'customer_id'),
      list(answer, 'scores', args, {
        most: args.limit,
        total: at(answer, 'statistics', 'total'),
        echo: ['customer_id'],
      }),
    ],
  })),
  tool('recalculate_health_score', 1, () => ({
    draw: (random) => ({ customer_id: customer(random) }),
    problems: (answer, args) => [
      echoes(answer.score, args, 'customer_id'),
      echoes(answer.customer, args, 'customer_id'),
      same('score', at(answer, 'customer', 'health_score'), at(answer, 'score', 'score')),
    ],
  })),
  tool('list_at_risk_customers', 3, () => ({
    draw: (random) => ({ owner_id: owner(random), below: random.int(10, 60), limit: pageLimit(random) }),
    problems: (answer, args) => {
      const below = Number(args.below)
      const every = (row: Parameters<typeof at>[0]) => Number(at(row, 'health_score')) < below
      const { limit: most } = args
      return [list(answer, 'customers', args, { most, total: answer.total, echo: ['owner_id'], every })]
    },
  })),
  tool('get_portfolio_health', 2, () => ({
    draw: (random) => ({ owner_id: owner(random) }),
    problems: (answer, args) => [
      echoes(answer, args, 'owner_id'),
      columnAdds(rowsOf(answer, 'tiers'), 'customers', at(answer, 'totals', 'customers')),
      columnAdds(rowsOf(answer, 'tiers'), 'arr_cents', at(answer, 'totals', 'arr_cents')),
    ],
  })),
  tool('get_usage_trend', 3, () => ({
    draw: (random) => ({ customer_id: customer(random), weeks: random.int(4, 16) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'weeks', args, { most: args.weeks, total: weeksKept }),
    ],
  })),
  tool('list_health_alerts', 2, () => ({
    draw: (random) => ({ severity: random.pick(['low', 'medium', 'high'] as const), limit: pageLimit(random) }),
    problems: (answer, args, memory) => {
      const alerts = rowsOf(answer, 'alerts')
      // Not the newest, which everybody sees first.
      const seen = alerts[alerts.length - 1]
      remember(memory, 'alert', at(seen, 'alert_id'), at(seen, 'version'))
      return [list(answer, 'alerts', args, { most: args.limit, total: answer.total, echo: ['severity'] })]
    },
  })),
  tool(
    'acknowledge_health_alert',
    1,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'alert', random, counts.alerts)
        return { alert_id: id, version, acknowledged_by: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.alert, args, 'alert_id', 'acknowledged_by'),
        advanced(answer.alert, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
]

export const retention: readonly ToolUse[] = [
  tool('assess_churn_risk', 1, () => ({
    draw: (random) => ({ customer_id: customer(random) }),
    problems: (answer, args) => [
      echoes(answer.assessment, args, 'customer_id'),
      isNumber('risk', at(answer, 'assessment', 'risk')),
    ],
  })),
  tool('get_risk_history', 2, () => ({
    draw: (random) => ({ customer_id: customer(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      customerIs(answer.customer, args),
      list(answer, 'assessments', args, { most: args.limit, echo: ['customer_id'] }),
    ],
  })),
  tool('list_upcoming_renewals', 3, () => ({
    draw: (random) => ({ owner_id: owner(random), within_days: 30 * random.int(1, 6), as_of: day, limit: 50 }),
    problems: (answer, args, memory) => {
      const renewals = rowsOf(answer, 'renewals')
      const seen = renewals[renewals.length - 1]
      remember(memory, 'renewal', at(seen, 'renewal_id'), at(seen, 'version'))
      return [
        list(answer, 'renewals', args, { most: 50, total: answer.total, echo: ['owner_id'] }),
        renewals.length < 50 ? columnAdds(renewals, 'amount_cents', answer.amount_cents) : undefined,
      ]
    },
  })),
  tool(
    'update_renewal_forecast',
    1,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'renewal', random, counts.renewals)
        const probability = 5 * random.int(0, 20)
        const renewal_status = random.pick(['upcoming', 'committed', 'lost'] as const)
        return { renewal_id: id, version, probability, renewal_status, actor_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.renewal, args, 'renewal_id', 'probability'),
        same('state', at(answer, 'renewal', 'status'), args.renewal_status),
        advanced(answer.renewal, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
  tool('start_save_play', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      owner_id: owner(random),
      kind: random.pick(['executive_review', 'discount', 'training', 'product_fix'] as const),
    }),
    problems: (answer, args, memory) => {
      remember(memory, 'play', at(answer, 'play', 'play_id'), at(answer, 'play', 'version'))
      return [echoes(answer.play, args, 'customer_id', 'owner_id', 'kind'), audited(answer)]
    },
  })),
  tool(
    'close_save_play',
    1,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'play', random, counts.plays)
        const result = random.pick(['won', 'lost'] as const)
        return { play_id: id, version, result, outcome: `play ${result}`, actor_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.play, args, 'play_id', 'outcome'),
        same('state', at(answer, 'play', 'status'), args.result),
        advanced(answer.play, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
  tool('get_retention_report', 1, () => ({
    draw: (random) => ({ owner_id: owner(random) }),
    problems: (answer, args) => [
      echoes(answer, args, 'owner_id'),
      adds(answer.plays, 'total', 'open', 'won', 'lost'),
      adds(answer.renewals, 'total', 'upcoming', 'committed', 'lost'),
    ],
  })),
]
